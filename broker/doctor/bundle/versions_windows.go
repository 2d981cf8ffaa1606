package bundle

// versions are the programs that tell a version, by what it is of.
func versions() map[string][]string {
	return map[string][]string{
		"windows":        {"cmd", "/d", "/c", "ver"},
		"reader service": {"sc", "query", "SCardSvr"},
	}
}
