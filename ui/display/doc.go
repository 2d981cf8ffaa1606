// Package display starts the real toolkit and shows the desk in it. It is a
// room of its own because the toolkit brings OpenGL along, which nothing else
// should need.
package display
