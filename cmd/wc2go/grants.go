package main

import (
	"fmt"
	"net/netip"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wc2go/wc2go/rt/command"
)

// grantFlags are the flags that say what a guest is given.
type grantFlags struct {
	dirs, env, tcpListen       []string
	inheritEnv, inheritNetwork bool
	argv0                      string
}

// grant adds the flags to a command.
func (g *grantFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&g.dirs, "dir", nil, "give the guest a directory: `HOST[::GUEST][:ro]`, read-only with :ro; may be repeated")
	cmd.MarkFlagDirname("dir")
	f.StringArrayVar(&g.env, "env", nil, "set an environment variable of the guest: `KEY[=VALUE]`, without a value to that of this process; may be repeated")
	f.BoolVar(&g.inheritNetwork, "inherit-network", false, "let the guest use the network as the process may: sockets, names, HTTP requests")
	f.StringArrayVar(&g.tcpListen, "tcp-listen", nil, "let the guest listen at `ADDRESS:PORT`; a preview 1 guest finds the open socket after its directories; may be repeated")
	f.StringVar(&g.argv0, "argv0", "", "the guest's first argument instead of the program's `name`")
}

// settings puts what the flags say into s.
func (g *grantFlags) settings(s *command.Settings) error {
	s.InheritEnv = s.InheritEnv || g.inheritEnv
	s.InheritNetwork, s.Argv0 = g.inheritNetwork, g.argv0
	for _, d := range g.dirs {
		dir, err := command.ParseDir(d)
		if err != nil {
			return err
		}
		s.Dirs = append(s.Dirs, dir)
	}
	for _, e := range g.env {
		k, _, ok := strings.Cut(e, "=")
		switch {
		case k == "":
			return fmt.Errorf("--env %q is not of the form KEY=VALUE or KEY", e)
		case !ok:
			v, ok := os.LookupEnv(k)
			if !ok {
				continue
			}
			e = k + "=" + v
		}
		s.Env = append(s.Env, e)
	}
	for _, a := range g.tcpListen {
		if _, err := netip.ParseAddrPort(a); err != nil {
			return fmt.Errorf("--tcp-listen %q is not of the form ADDRESS:PORT", a)
		}
		s.TCPListen = append(s.TCPListen, a)
	}
	return nil
}

// checkDirs checks that the directories are there.
func checkDirs(s *command.Settings) error {
	for _, d := range s.Dirs {
		if fi, err := os.Stat(d.Host); err != nil {
			return fmt.Errorf("--dir: %w", err)
		} else if !fi.IsDir() {
			return fmt.Errorf("--dir: %s is not a directory", d.Host)
		}
	}
	return nil
}
