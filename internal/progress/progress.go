// Package progress shows on a terminal what wc2go is busy with, one bar for a
// phase at a time. A nil *Progress shows nothing.
package progress

import (
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// delay is how long a job runs before it is shown: what is quick needs no bar.
const delay = 300 * time.Millisecond

// Widths in columns: of a bar, and of a terminal that does not tell its own.
const (
	barWidth   = 48
	usualWidth = 80
)

// Progress shows the phases of one job.
type Progress struct {
	container *mpb.Progress

	mu   sync.Mutex
	bar  *mpb.Bar
	note atomic.Value // string: what is being done now
}

// New shows a job on f if that is a terminal, and gives nil otherwise.
func New(f *os.File) *Progress {
	if !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	shown := make(chan struct{})
	time.AfterFunc(delay, func() { close(shown) })
	options := []mpb.ContainerOption{mpb.WithRefreshRate(100 * time.Millisecond), mpb.WithRenderDelay(shown)}
	if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
		options = append(options, mpb.WithOutput(f), mpb.WithWidth(barWidth))
	} else {
		// A terminal without a size, as script and container runtimes make them: mpb
		// would show lines of no width.
		options = append(options, mpb.WithOutput(struct{ io.Writer }{f}), mpb.WithWidth(usualWidth), mpb.WithAutoRefresh())
	}
	return &Progress{container: mpb.New(options...)}
}

// Phase ends the phase before and begins another, of total steps; 0 if their
// number is not known.
func (p *Progress) Phase(name string, total int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
	p.note.Store("")
	decorators := []decor.Decorator{decor.Elapsed(decor.ET_STYLE_GO, decor.WC{W: 6})}
	label := mpb.PrependDecorators(decor.Name(name, decor.WC{W: 10, C: decor.DindentRight}))
	if total <= 0 {
		p.bar = p.container.New(1, mpb.SpinnerStyle().PositionLeft(), label, mpb.AppendDecorators(decorators...), mpb.BarRemoveOnComplete())
		return
	}
	decorators = append(decorators, decor.CountersNoUnit(" %d/%d packages"), decor.Any(func(decor.Statistics) string {
		return "  " + p.note.Load().(string)
	}))
	style := mpb.BarStyle().Lbound("[").Filler("=").Tip(">").Padding(" ").Rbound("]")
	p.bar = p.container.New(int64(total), style, label, mpb.AppendDecorators(decorators...), mpb.BarRemoveOnComplete())
}

// Note shows what the phase is doing now.
func (p *Progress) Note(text string) {
	if p != nil {
		p.note.Store(text)
	}
}

// Step counts a step of the phase.
func (p *Progress) Step() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.IncrBy(1)
	}
}

func (p *Progress) end() {
	if p.bar != nil {
		p.bar.Abort(true)
		p.bar = nil
	}
}

// Done takes everything off the terminal; it must be called before anything
// else is written to it.
func (p *Progress) Done() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.container == nil {
		return
	}
	p.end()
	p.container.Wait()
	p.container = nil
}
