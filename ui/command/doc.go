// Package command is the command line of lanyard: one file a command, each of
// which asks one room for what it prints. What a command needs from outside,
// flags and standard streams, comes through cobra; rules live in the rooms.
package command
