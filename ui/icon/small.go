package icon

// Name is a picture within a window.
type Name string

// The pictures.
const (
	Brand     Name = "brand"
	Card      Name = "card"
	Reader    Name = "reader"
	Network   Name = "network"
	Server    Name = "server"
	Directory Name = "directory"
	Tick      Name = "tick"
	Cross     Name = "cross"
	Dash      Name = "dash"
	Warning   Name = "warning"
	Lock      Name = "lock"
	Search    Name = "search"
	Program   Name = "program"
	Screen    Name = "screen"
	Chevron   Name = "chevron"
	Person    Name = "person"
	Up        Name = "up"
	Down      Name = "down"
	Open      Name = "open" // a list opens here
)

// Names are all pictures.
func Names() []Name {
	return []Name{Brand, Card, Reader, Network, Server, Directory, Tick, Cross, Dash, Warning, Lock, Search, Program, Screen, Chevron, Person, Up, Down, Open}
}

// Small draws a picture on 24 units.
func Small(n Name, ink string) []byte {
	var p pen
	switch n {
	case Brand: // a card on its lanyard
		p.shape(4, 1, 8, 1, 12, 7, 16, 1, 20, 1, 14, 11, 10, 11)
		p.round(5, 11, 14, 12, 2.5)
		p.roundHole(9, 15, 6, 3, 1)
	case Card, Directory, Server, Program, Screen:
		frames(&p, n)
	case Reader:
		p.round(7, 2, 10, 11, 1.5)
		p.hole(9, 4, 6, 9)
		p.round(2, 12, 20, 9, 2)
		p.hole(4, 14, 16, 5)
		p.rect(8, 15.5, 8, 2)
	case Network:
		p.rect(8, 1, 8, 7)
		p.hole(10, 3, 4, 3)
		p.rect(11, 8, 2, 4)
		p.rect(4, 11, 16, 2)
		p.rect(4, 13, 2, 3)
		p.rect(18, 13, 2, 3)
		p.rect(1, 16, 8, 7)
		p.hole(3, 18, 4, 3)
		p.rect(15, 16, 8, 7)
		p.hole(17, 18, 4, 3)
	case Lock:
		p.round(3, 10, 18, 12, 2)
		p.hole(5, 12, 14, 8)
		p.rect(11, 14, 2, 4)
		p.put("M6 10v-3c0-3.3 2.7-6 6-6s6 2.7 6 6v3h-2v-3c0-2.2-1.8-4-4-4s-4 1.8-4 4v3z")
	case Warning:
		p.put("M10.7 2.2c.6-1 2-1 2.6 0l9.5 17.5c.6 1-.1 2.3-1.3 2.3h-19c-1.2 0-1.9-1.3-1.3-2.3z")
		p.cut(12, 4.6, 20.4, 20, 3.6, 20)
		p.rect(11, 9, 2, 6)
		p.rect(11, 16.5, 2, 2)
	default:
		signs(&p, n)
	}
	return p.svg(24, ink)
}

// frames draws what is a frame with something in it.
func frames(p *pen, n Name) {
	switch n {
	case Card:
		p.round(1, 4, 22, 16, 2)
		p.hole(3, 6, 18, 12)
		p.rect(5, 9, 6, 6)
		p.hole(7, 11, 2, 2)
		p.rect(14, 9, 5, 2)
		p.rect(14, 13, 5, 2)
	case Server:
		p.round(2, 2, 20, 9, 1.5)
		p.hole(4, 4, 16, 5)
		p.round(2, 13, 20, 9, 1.5)
		p.hole(4, 15, 16, 5)
		p.rect(6, 5.5, 2, 2)
		p.rect(6, 16.5, 2, 2)
	case Directory:
		p.round(4, 1, 17, 22, 2)
		p.hole(6, 3, 13, 14)
		p.hole(6, 19, 13, 2)
		p.rect(9, 6, 7, 2)
		p.rect(9, 10, 5, 2)
	case Program:
		p.round(2, 3, 20, 18, 1.5)
		p.hole(4, 9, 16, 10)
		p.hole(4, 5, 16, 2)
	case Screen:
		p.round(1, 2, 22, 15, 1.5)
		p.hole(3, 4, 18, 11)
		p.rect(11, 17, 2, 3)
		p.rect(7, 20, 10, 2)
	}
}

// signs draws marks that are read like letters.
func signs(p *pen, n Name) {
	switch n {
	case Tick:
		p.shape(3, 12.4, 5.1, 10.3, 9.6, 14.8, 18.9, 5.5, 21, 7.6, 9.6, 19)
	case Cross:
		p.shape(4, 6.1, 6.1, 4, 12, 9.9, 17.9, 4, 20, 6.1, 14.1, 12, 20, 17.9, 17.9, 20, 12, 14.1, 6.1, 20, 4, 17.9, 9.9, 12)
	case Dash:
		p.rect(5, 10.5, 14, 3)
	case Search:
		p.put("M10 2c4.4 0 8 3.6 8 8c0 1.8-.6 3.4-1.6 4.8l5.4 5.4l-1.6 1.6l-5.4-5.4c-1.4 1-3 1.6-4.8 1.6c-4.4 0-8-3.6-8-8s3.6-8 8-8z")
		p.put("M10 4.2c-3.2 0-5.8 2.6-5.8 5.8s2.6 5.8 5.8 5.8s5.8-2.6 5.8-5.8s-2.6-5.8-5.8-5.8z")
	case Chevron:
		p.shape(7.5, 4.5, 9.6, 2.4, 19.2, 12, 9.6, 21.6, 7.5, 19.5, 15, 12)
	case Person:
		p.put("M12 1c3 0 5.5 2.5 5.5 5.5s-2.5 5.5-5.5 5.5s-5.5-2.5-5.5-5.5s2.5-5.5 5.5-5.5z")
		p.put("M12 3.2c-1.8 0-3.3 1.5-3.3 3.3s1.5 3.3 3.3 3.3s3.3-1.5 3.3-3.3s-1.5-3.3-3.3-3.3z")
		p.put("M2 22.5c0-5.5 4.5-8.5 10-8.5s10 3 10 8.5h-2.2c0-4-3.6-6.3-7.8-6.3s-7.8 2.3-7.8 6.3z")
	case Up:
		p.shape(12, 3, 19, 10, 17.4, 11.6, 13.1, 7.3, 13.1, 21, 10.9, 21, 10.9, 7.3, 6.6, 11.6, 5, 10)
	case Open:
		p.shape(4.5, 8.5, 6.6, 6.4, 12, 11.8, 17.4, 6.4, 19.5, 8.5, 12, 16)
	case Down:
		p.shape(12, 21, 5, 14, 6.6, 12.4, 10.9, 16.7, 10.9, 3, 13.1, 3, 13.1, 16.7, 17.4, 12.4, 19, 14)
	}
}
