package main

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/mod/module"

	"github.com/wc2go/wc2go/codegen"
	"github.com/wc2go/wc2go/codegen/names"
	"github.com/wc2go/wc2go/frontend"
	"github.com/wc2go/wc2go/internal/progress"
	"github.com/wc2go/wc2go/internal/project"
	"github.com/wc2go/wc2go/internal/translate"
	"github.com/wc2go/wc2go/ir"
)

func newGenerate() *cobra.Command {
	var out, pkg, importPath, wit, world string
	var maps []string
	var disable passList
	var debugInfo onOff
	var interruptible choice
	var fuel bool
	cmd := &cobra.Command{
		Use:   "generate -o DIR FILE.wasm\n  wc2go generate -o DIR --wit DIR --world NAME",
		Short: "Make a Go package of a component, or of a WIT world",
		Long: `Generate makes a Go package of a component: what the component imports becomes Go
interfaces for you to implement, what it exports becomes methods of an Instance.

With --wit there is no component: the package holds the Go interfaces and types
of a world.

The import path of the package follows from the go.mod around DIR, or is given
with --import-path. In DIR only files that wc2go generated are replaced or
removed; files of yours stay as they are. Files that would not change are not
written.

With --map the types of an interface are taken from another package that wc2go
generated, so that values can be exchanged between the two.`,
		Example: `  wc2go generate -o kv kv.wasm
  wc2go generate -o kv -pkg store --map my:app/types=example.com/app/types kv.wasm
  wc2go generate -o api --wit ./wit --world plugin

  //go:generate go run github.com/wc2go/wc2go/cmd/wc2go generate -o kv kv.wasm`,
		Args: func(cmd *cobra.Command, args []string) error {
			if wit != "" {
				return exactly(0, "")(cmd, args)
			}
			return exactly(1, "the component file")(cmd, args)
		},
		ValidArgsFunction: wasmFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			usage := func(format string, args ...any) error { return usageError{fmt.Errorf(format, args...), cmd} }
			if out == "" {
				return usage("-o DIR is missing")
			}
			if wit == "" && world != "" {
				return usage("--world needs --wit")
			}
			if pkg != "" && (!token.IsIdentifier(pkg) || pkg == "_" || pkg == "main") {
				return usage("%q cannot be the name of a package that is imported", pkg)
			}
			if importPath != "" {
				if err := module.CheckImportPath(importPath); err != nil {
					return usage("--import-path: %w", err)
				}
			}
			opts := codegen.Options{Package: pkg, ImportPath: importPath, NoDebugInfo: debugInfo.off, Interruptible: interruptible.on}
			for _, m := range maps {
				mapping, err := names.ParseMapping(m)
				if err != nil {
					return usage("--map: %w", err)
				}
				opts.Maps = append(opts.Maps, mapping)
			}
			return generate(cmd.Context(), out, wit, world, args, frontend.Options{Fuel: fuel}, opts, disable)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&out, "output", "o", "", "`directory` of the package")
	f.StringVar(&pkg, "pkg", "", "`name` of the package (default: the last element of its import path that is no major version)")
	f.StringVar(&importPath, "import-path", "", "import `path` of the package (default: from the go.mod around the directory)")
	f.StringArrayVar(&maps, "map", nil, "take the types of an interface from a package: `IFACE=IMPORTPATH`; may be repeated")
	f.StringVar(&wit, "wit", "", "`directory` of WIT text, instead of a component")
	debugInfoFlag(cmd, &debugInfo)
	interruptibleFlag(cmd, &interruptible, "")
	f.BoolVar(&fuel, "fuel", false, "make code that counts what it runs: a store's fuel bounds it (rt.WithFuel)")
	f.StringVar(&world, "world", "", "`name` of the world in the WIT text")
	disableFlag(cmd, &disable)
	cmd.MarkFlagDirname("output")
	cmd.MarkFlagDirname("wit")
	return cmd
}

func generate(ctx context.Context, out, wit, world string, args []string, in frontend.Options, opts codegen.Options, disable []string) error {
	if opts.ImportPath == "" {
		path, err := project.ImportPath(out)
		if errors.Is(err, project.ErrNoModule) {
			return fmt.Errorf("%w: run 'go mod init' first, or give the package's import path with --import-path", err)
		}
		if err != nil {
			return err
		}
		opts.ImportPath = path
	}
	opts.Find = translate.Finder(ctx, out)

	p := progress.New(os.Stderr)
	defer p.Done()
	var file string
	var prog *ir.Program
	var err error
	if wit != "" {
		file = wit
		opts.Interfaces = true
		opts.Source = filepath.Base(wit)
		prog, err = translate.World(ctx, wit, world, p)
	} else {
		file = args[0]
		opts.Source = filepath.Base(file)
		var data []byte
		if data, err = translate.Read(file); err != nil {
			return err
		}
		if prog, err = translate.Frontend(ctx, file, data, in, p); err == nil {
			err = translate.Passes(ctx, file, prog, ir.PassOptions{Disable: disable})
		}
	}
	if err != nil {
		return err
	}
	files, _, err := translate.Package(ctx, file, prog, opts, p)
	if err != nil {
		return err
	}
	return project.Write(ctx, out, files)
}
