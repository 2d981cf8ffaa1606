// Package docs holds the manuals to what they describe: links lead somewhere,
// the examples of settings and directory are taken by the programs as they
// stand, commands exist as they are typed, every room, picture and code is told
// of, and no command, flag, key, variable or member is left out.
package docs
