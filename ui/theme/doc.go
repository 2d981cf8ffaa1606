// Package theme is how the desk looks: colours, type, sizes, and how they grow
// with the text. It draws nothing and starts no goroutine; its contrast ratios
// are held by tests.
package theme
