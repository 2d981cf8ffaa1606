package server

import "time"

// Hurry makes a server that was not started impatient with slow connections.
func (s *Server) Hurry(read time.Duration) {
	s.patience.header, s.patience.read, s.patience.idle = read, read, read
}
