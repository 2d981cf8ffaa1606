package command

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"lanyard/broker"
	"lanyard/broker/ca"
	"lanyard/broker/desk"
	"lanyard/broker/localapi"
	"lanyard/card"
	"lanyard/card/virtual"
	"lanyard/ui/terminal"
	"lanyard/ui/view"
)

// cardCommand drives virtual cards.
func cardCommand(s *Shared) *cobra.Command {
	dir := new(string)
	c := &cobra.Command{
		Use:   "card",
		Short: "Make, list, insert, remove, unblock virtual cards",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() }, // so that a wrong word is refused
	}
	c.PersistentFlags().StringVar(dir, "drawer", "", "folder of the cards")
	c.AddCommand(cardAuthority(), cardNew(dir), cardList(s, dir), cardInsert(s), cardRemove(s), cardPIN(dir), cardUnblock(dir))
	return c
}

// drawerOf opens the folder a command works on.
func drawerOf(dir string) (*virtual.Drawer, *virtual.Device, error) {
	if dir == "" {
		return nil, nil, errors.New("--drawer must name the folder of the cards")
	}
	keys, err := desk.DeviceKeys()
	if err != nil {
		return nil, nil, err
	}
	return virtual.NewDrawer(dir, keys, new(card.Generations), discard), keys, nil
}

// oneName wants the name of a card.
func oneName(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%d names given, one is wanted: %s", len(args), cmd.UseLine())
	}
	return nil
}

// cardNew makes a card that a small CA certifies.
func cardNew(dir *string) *cobra.Command {
	var uid, holder, authority string
	var p256 bool
	c := &cobra.Command{
		Use:   "new NAME --uid UID --holder NAME --ca DIR",
		Short: "Make a card; passcode and PUK are asked for",
		Args:  oneName,
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := broker.ParseUID(uid)
			if err != nil {
				return err
			}
			d, keys, err := drawerOf(*dir)
			if err != nil {
				return err
			}
			path, err := d.Path(args[0])
			if err != nil {
				return err
			}
			a, err := ca.Open(authority)
			if err != nil {
				return err
			}
			spec := virtual.Spec{Label: holder, Issue: issuer(a, id, holder)}
			if p256 {
				spec.Alg = virtual.P256
			}
			return makeCard(cmd, path, keys, spec)
		},
	}
	f := c.Flags()
	f.StringVar(&uid, "uid", "", "the holder's user id, 12 digits")
	f.StringVar(&holder, "holder", "", `the holder's name: "Grace Okafor"`)
	f.StringVar(&authority, "ca", "", "folder of the authority that certifies the card")
	f.BoolVar(&p256, "p256", false, "P-256 keys instead of RSA 2048")
	for _, name := range []string{"uid", "holder", "ca"} {
		if err := c.MarkFlagRequired(name); err != nil {
			panic(err) // the flag is named above
		}
	}
	return c
}

func issuer(a *ca.Authority, uid broker.UID, holder string) func(card.Purpose, crypto.PublicKey) (*x509.Certificate, error) {
	return func(p card.Purpose, public crypto.PublicKey) (*x509.Certificate, error) {
		return a.Issue(ca.Request{UID: uid, Name: strings.ToUpper(holder), Purpose: p, Public: public, Virtual: true})
	}
}

func makeCard(cmd *cobra.Command, path string, keys virtual.DeviceKeys, spec virtual.Spec) (err error) {
	if spec.PIN, err = askTwice(cmd, "New passcode"); err != nil {
		return err
	}
	defer spec.PIN.Wipe()
	if spec.PUK, err = askTwice(cmd, "PUK, to unblock it"); err != nil {
		return err
	}
	defer spec.PUK.Wipe()
	c, err := virtual.Create(cmd.Context(), path, keys, spec)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "made %s\n", path)
	return errors.Join(err, c.Close())
}

// askTwice asks for a new secret and for it again.
func askTwice(cmd *cobra.Command, label string) (*card.PIN, error) {
	first, err := terminal.Secret(cmd.Context(), os.Stdin, cmd.ErrOrStderr(), label)
	if err != nil {
		return nil, err
	}
	if err := first.Check(); err != nil {
		first.Wipe()
		return nil, err
	}
	again, err := terminal.Secret(cmd.Context(), os.Stdin, cmd.ErrOrStderr(), label+", again")
	if err != nil {
		first.Wipe()
		return nil, err
	}
	defer again.Wipe()
	if string(first.Octets()) != string(again.Octets()) {
		first.Wipe()
		return nil, errors.New("the two are not the same; nothing was made")
	}
	return first, nil
}

// cardList lists the cards of a folder or of the running agent.
func cardList(s *Shared, dir *string) *cobra.Command {
	return &cobra.Command{
		Use:   "list [--drawer DIR]",
		Short: "List the cards of a folder, else those of the running agent",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if *dir == "" {
				call, err := s.dial(cmd)
				if err != nil {
					return err
				}
				defer hangUp(call, &err)
				cards, err := call.Cards(cmd.Context())
				return errors.Join(err, printCards(cmd, cards))
			}
			d, _, err := drawerOf(*dir)
			if err != nil {
				return err
			}
			listed, err := d.List()
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, l := range listed {
				_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", l.Name, view.Plain(l.Label), endOf(l))
			}
			return w.Flush()
		},
	}
}

// endOf tells until when a listed card is good.
func endOf(l virtual.Listed) string {
	if l.Err != nil {
		return l.Err.Error()
	}
	for _, p := range l.Pairs {
		if card.PurposeOf(p.Cert) == card.Authentication {
			return "until " + p.Cert.NotAfter.Local().Format("2 January 2006")
		}
	}
	return ""
}

func printCards(cmd *cobra.Command, cards localapi.Cards) error {
	for _, name := range cards.Names {
		in := ""
		if name == cards.Inserted {
			in = "  (in)"
		}
		if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s%s\n", name, in); err != nil {
			return err
		}
	}
	return nil
}

// cardInsert puts a card into the running agent's drawer.
func cardInsert(s *Shared) *cobra.Command {
	return &cobra.Command{
		Use:   "insert NAME",
		Short: "Put a card into the running agent's drawer",
		Args:  oneName,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			call, err := s.dial(cmd)
			if err != nil {
				return err
			}
			defer hangUp(call, &err)
			_, err = call.InsertCard(cmd.Context(), args[0])
			return err
		},
	}
}

// cardRemove takes the card out.
func cardRemove(s *Shared) *cobra.Command {
	return &cobra.Command{
		Use:   "remove",
		Short: "Take the card out of the running agent's drawer",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			call, err := s.dial(cmd)
			if err != nil {
				return err
			}
			defer hangUp(call, &err)
			_, err = call.RemoveCard(cmd.Context())
			return err
		},
	}
}

// cardPIN changes a card's passcode.
func cardPIN(dir *string) *cobra.Command {
	return &cobra.Command{
		Use:   "pin NAME --drawer DIR",
		Short: "Change a card's passcode",
		Args:  oneName,
		RunE: func(cmd *cobra.Command, args []string) error {
			return onCard(cmd, *dir, args[0], "Passcode", func(ctx context.Context, c *virtual.Card, old, new *card.PIN) error {
				return c.ChangePIN(ctx, old, new)
			})
		},
	}
}

// cardUnblock sets a new passcode by the PUK.
func cardUnblock(dir *string) *cobra.Command {
	return &cobra.Command{
		Use:   "unblock NAME --drawer DIR",
		Short: "Set a new passcode by the PUK",
		Args:  oneName,
		RunE: func(cmd *cobra.Command, args []string) error {
			return onCard(cmd, *dir, args[0], "PUK", func(ctx context.Context, c *virtual.Card, puk, new *card.PIN) error {
				return c.Unblock(ctx, puk, new)
			})
		},
	}
}

// onCard asks for a secret and a new passcode and hands both to a card.
func onCard(cmd *cobra.Command, dir, name, label string, do func(ctx context.Context, c *virtual.Card, secret, new *card.PIN) error) (err error) {
	d, keys, err := drawerOf(dir)
	if err != nil {
		return err
	}
	path, err := d.Path(name)
	if err != nil {
		return err
	}
	c, err := virtual.Open(cmd.Context(), path, keys)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	secret, err := terminal.Secret(cmd.Context(), os.Stdin, cmd.ErrOrStderr(), label)
	if err != nil {
		return err
	}
	defer secret.Wipe()
	fresh, err := askTwice(cmd, "New passcode")
	if err != nil {
		return err
	}
	defer fresh.Wipe()
	if err := do(cmd.Context(), c, secret, fresh); err != nil {
		return err
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), "the passcode was changed")
	return err
}
