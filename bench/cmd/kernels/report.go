package main

import (
	"fmt"
	"image/color"
	"math"
	"runtime"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/wc2go/wc2go/bench"
)

// report is what is written down of one run.
type report struct {
	results  *results
	calls    []callRow
	programs []programRow
	builds   []buildRow
}

// geomean is the geometric mean of an engine's ratios to another.
func (r *results) geomean(e, to string, in func(bench.Kernel) bool) float64 {
	sum, n := 0.0, 0
	for _, k := range r.kernels {
		if in(k) {
			sum += math.Log(float64(r.median(e, k.Name)) / float64(r.median(to, k.Name)))
			n++
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return math.Exp(sum / float64(n))
}

func given(k bench.Kernel) bool { return k.Given }
func all(bench.Kernel) bool     { return true }

func (rep *report) markdown() string {
	var b strings.Builder
	r := rep.results
	fmt.Fprintf(&b, `# Performance

Written by `+"`go run ./cmd/kernels -o ../docs`"+` in directory bench: medians of %d interleaved runs
on %s/%s with %s. Times are CPU times, as ratios to scalar C (`+"`cc -O2 -fno-tree-vectorize`"+`); less is faster. The first five
kernels are those that the targets are stated for. All engines give the same checksums.

![Chart](performance.svg)
%s
## Kernels

`, *rounds, runtime.GOOS, runtime.GOARCH, runtime.Version(), rep.targetTable())
	row := func(cells ...string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	head := append([]string{"kernel", "kind"}, r.engines...)
	row(append(head, "C scalar, ms")...)
	row(append(strings.Split(strings.Repeat("---,", 2)+strings.TrimSuffix(strings.Repeat("--:,", len(r.engines)), ","), ","), "--:")...)
	for _, k := range r.kernels {
		cells := []string{k.Name, k.Kind}
		for _, e := range r.engines {
			cells = append(cells, fmt.Sprintf("%.2f", r.ratio(e, k.Name)))
		}
		row(append(cells, fmt.Sprintf("%.0f", r.median(baseline, k.Name).Seconds()*1000))...)
	}
	for _, g := range []struct {
		name string
		in   func(bench.Kernel) bool
	}{{"first five", given}, {"all", all}} {
		cells := []string{"**geometric mean**", g.name}
		for _, e := range r.engines {
			cells = append(cells, fmt.Sprintf("**%.2f**", r.geomean(e, baseline, g.in)))
		}
		row(append(cells, "")...)
	}
	b.WriteString(rep.callTable())
	b.WriteString(rep.programTable())
	b.WriteString(rep.buildTable())
	return b.String()
}

var colours = []color.Color{
	color.RGBA{0x55, 0x55, 0x55, 255}, color.RGBA{0xaa, 0xaa, 0xaa, 255}, color.RGBA{0x65, 0x4f, 0xf0, 255}, color.RGBA{0xf2, 0xa9, 0x00, 255},
	color.RGBA{0xd9, 0x8c, 0x8c, 255}, color.RGBA{0xb0, 0x3a, 0x3a, 255}, color.RGBA{0x00, 0x90, 0xa8, 255}, color.RGBA{0x7f, 0xd0, 0xdc, 255},
}

// chart draws the ratios as grouped bars.
func (rep *report) chart(path string) error {
	r := rep.results
	p := plot.New()
	p.Title.Text = "Time relative to scalar C (less is faster)"
	p.Y.Min = 0
	p.Legend.Top = true
	p.Add(plotter.NewGrid())
	names := []string{"mean of 5"}
	for _, k := range r.kernels {
		names = append(names, k.Name)
	}
	const width, highest = 5, 4
	for i, e := range r.engines {
		values := plotter.Values{math.Min(r.geomean(e, baseline, given), highest)}
		if math.IsNaN(values[0]) {
			values[0] = 0
		}
		for _, k := range r.kernels {
			values = append(values, math.Min(r.ratio(e, k.Name), highest))
		}
		bars, err := plotter.NewBarChart(values, vg.Points(width))
		if err != nil {
			return err
		}
		bars.Color = colours[i%len(colours)]
		bars.LineStyle = draw.LineStyle{}
		bars.Offset = vg.Points(width * (float64(i) - float64(len(r.engines)-1)/2))
		p.Add(bars)
		p.Legend.Add(e, bars)
	}
	p.Y.Max = highest + 0.2
	p.NominalX(names...)
	return p.Save(vg.Points(float64(len(names)*(len(r.engines)+2)*width+60)), vg.Points(320), path)
}

// notesMark is the line of performance.md from which on people write it.
const notesMark = "\n## Notes\n"

// notes are the notes of a report written before.
func notes(old []byte) string {
	_, text, ok := strings.Cut(string(old), notesMark)
	if !ok {
		return ""
	}
	return notesMark + text
}

// target is something to reach.
type target struct {
	name        string
	value, want float64
	least       bool // value is to be at least want, not at most
}

func (t target) met() bool {
	if t.least {
		return t.value >= t.want
	}
	return t.value <= t.want
}

// targets are those of the project, as far as they were measured. A ratio
// to an engine that did not run is not a number and left out.
func (rep *report) targets() []target {
	r := rep.results
	var out []target
	add := func(name string, value, want float64, least bool) {
		if !math.IsNaN(value) && !math.IsInf(value, 0) {
			out = append(out, target{name, value, want, least})
		}
	}
	mean := func(e, to string) float64 {
		for _, x := range []string{e, to} {
			if !slices.Contains(r.engines, x) {
				return math.NaN()
			}
		}
		return r.geomean(e, to, given)
	}
	add("first five kernels, ratio to scalar C", mean("wc2go", baseline), 1.08, false)
	add("… to wasmtime", mean("wc2go", "wasmtime"), 0.92, false)
	add("… times faster than wazero", mean("wazero", "wc2go"), 1.65, true)
	add("… times faster than wasm2go -unsafe", mean("wasm2go -unsafe", "wc2go"), 1.5, true)
	add("… checked to default", mean("wc2go checked", "wc2go"), 1.25, false)
	worst, name := math.NaN(), ""
	if slices.Contains(r.engines, "wasmtime") && slices.Contains(r.engines, "wc2go") {
		for _, k := range r.kernels {
			if x := r.ratio("wc2go", k.Name) / r.ratio("wasmtime", k.Name); !(x <= worst) {
				worst, name = x, k.Name
			}
		}
	}
	add("slowest kernel, ratio to wasmtime ("+name+")", worst, 1.15, false)
	for _, c := range rep.calls {
		switch {
		case strings.HasPrefix(c.name, "host → guest"):
			add("host → guest call, ns", c.ns["wc2go"], 15, false)
		case strings.HasPrefix(c.name, "guest → host"):
			add("guest → host call, ns", c.ns["wc2go"], 4, false)
		}
	}
	for _, p := range rep.programs {
		native, wc2go := float64(p.wall["native"]), float64(p.wall["wc2go"])
		switch {
		case p.target > 0:
			add(p.name+", ratio to native", wc2go/native, p.target, false)
		case p.first:
			add("time before main of "+p.name+" beyond that of native Go, ms", (wc2go-native)/1e6, 2, false)
		case p.name == "sqlrun":
			add("start of "+p.name+" beyond that of a native Go program, ms", (wc2go-native)/1e6, 2, false)
		}
	}
	return out
}

func (rep *report) targetTable() string {
	var b strings.Builder
	b.WriteString("\n## Targets\n\n| | measured | target | |\n| --- | --: | --: | --- |\n")
	for _, t := range rep.targets() {
		rel, met := "≤", "met"
		if t.least {
			rel = "≥"
		}
		if !t.met() {
			met = "**missed**"
		}
		fmt.Fprintf(&b, "| %s | %.2f | %s %g | %s |\n", t.name, t.value, rel, t.want, met)
	}
	return b.String()
}
