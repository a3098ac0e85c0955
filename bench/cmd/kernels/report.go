package main

import (
	"fmt"
	"image/color"
	"math"
	"runtime"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/wc2go/wc2go/bench"
)

// report is what is written down of one run.
type report struct {
	results *results
	calls   []callRow
	builds  []buildRow
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

## Kernels

`, *rounds, runtime.GOOS, runtime.GOARCH, runtime.Version())
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
