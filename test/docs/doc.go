// Package docs holds the manuals to what they describe: links lead somewhere,
// the examples of settings and directory are taken by the programs as they
// stand, and no command, flag, key or variable is left out.
package docs
