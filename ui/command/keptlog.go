package command

import (
	"io"
	"log/slog"

	"lanyard/broker/doctor/logfile"
)

// keptLog makes the agent's log: on a stream, and in a file of limited size
// that diagnostics can look at later. Where there is no place for the file the
// stream alone has it. The caller ends it.
func (s *Shared) keptLog(w io.Writer, level string) (log *slog.Logger, end func(), err error) {
	path, err := logfile.Path()
	if err == nil {
		var f *logfile.File
		if f, err = logfile.Open(path, logfile.Limit); err == nil {
			log, err := s.Logger(io.MultiWriter(w, f), level)
			return log, func() { _ = f.Close() }, err
		}
	}
	why := err
	if log, err = s.Logger(w, level); err == nil {
		log.Warn("the log is kept nowhere", "err", why)
	}
	return log, func() {}, err
}
