// Package card holds the virtual card to what a real one does at a real reader:
// pcscd with the vpcd driver, OpenSC's tools and modules, and our own card/pcsc
// with card/piv, all against the PIV applet on a card file. It has tests only.
package card
