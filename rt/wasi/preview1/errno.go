package preview1

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"syscall"

	"github.com/wc2go/wc2go/rt"
	"github.com/wc2go/wc2go/rt/wasi/filesystem"
)

// The errno values that functions answer with; those that this host never
// gives have no name here.
const (
	success         = 0
	eacces          = 2
	eagain          = 6
	ealready        = 7
	ebadf           = 8
	ebusy           = 10
	econnreset      = 15
	edeadlk         = 16
	edquot          = 19
	eexist          = 20
	efault          = 21
	efbig           = 22
	eilseq          = 25
	einprogress     = 26
	eintr           = 27
	einval          = 28
	eio             = 29
	eisdir          = 31
	eloop           = 32
	emlink          = 34
	emsgsize        = 35
	enametoolong    = 37
	enfile          = 41
	enodev          = 43
	enoent          = 44
	enolck          = 46
	enomem          = 48
	enospc          = 51
	enosys          = 52
	enotconn        = 53
	enotdir         = 54
	enotempty       = 55
	enotrecoverable = 56
	enotsock        = 57
	enotsup         = 58
	enotty          = 59
	enxio           = 60
	eoverflow       = 61
	eperm           = 63
	epipe           = 64
	erange          = 68
	erofs           = 69
	espipe          = 70
	etxtbsy         = 74
	exdev           = 75
)

// codes are the errno values of wasi:filesystem's codes, by code.
var codes = map[filesystem.ErrorCode]uint32{
	filesystem.ErrorCodeAccess:              eacces,
	filesystem.ErrorCodeWouldBlock:          eagain,
	filesystem.ErrorCodeAlready:             ealready,
	filesystem.ErrorCodeBadDescriptor:       ebadf,
	filesystem.ErrorCodeBusy:                ebusy,
	filesystem.ErrorCodeDeadlock:            edeadlk,
	filesystem.ErrorCodeQuota:               edquot,
	filesystem.ErrorCodeExist:               eexist,
	filesystem.ErrorCodeFileTooLarge:        efbig,
	filesystem.ErrorCodeIllegalByteSequence: eilseq,
	filesystem.ErrorCodeInProgress:          einprogress,
	filesystem.ErrorCodeInterrupted:         eintr,
	filesystem.ErrorCodeInvalid:             einval,
	filesystem.ErrorCodeIo:                  eio,
	filesystem.ErrorCodeIsDirectory:         eisdir,
	filesystem.ErrorCodeLoop:                eloop,
	filesystem.ErrorCodeTooManyLinks:        emlink,
	filesystem.ErrorCodeMessageSize:         emsgsize,
	filesystem.ErrorCodeNameTooLong:         enametoolong,
	filesystem.ErrorCodeNoDevice:            enodev,
	filesystem.ErrorCodeNoEntry:             enoent,
	filesystem.ErrorCodeNoLock:              enolck,
	filesystem.ErrorCodeInsufficientMemory:  enomem,
	filesystem.ErrorCodeInsufficientSpace:   enospc,
	filesystem.ErrorCodeNotDirectory:        enotdir,
	filesystem.ErrorCodeNotEmpty:            enotempty,
	filesystem.ErrorCodeNotRecoverable:      enotrecoverable,
	filesystem.ErrorCodeUnsupported:         enotsup,
	filesystem.ErrorCodeNoTty:               enotty,
	filesystem.ErrorCodeNoSuchDevice:        enxio,
	filesystem.ErrorCodeOverflow:            eoverflow,
	filesystem.ErrorCodeNotPermitted:        eperm,
	filesystem.ErrorCodePipe:                epipe,
	filesystem.ErrorCodeReadOnly:            erofs,
	filesystem.ErrorCodeInvalidSeek:         espipe,
	filesystem.ErrorCodeTextFileBusy:        etxtbsy,
	filesystem.ErrorCodeCrossDevice:         exdev,
}

// errnoOf is the errno of an error of a host. A cancelled call ends the guest.
func errnoOf(ctx context.Context, err error) uint32 {
	var code filesystem.ErrorCode
	var trap *rt.Trap
	switch {
	case err == nil:
		return success
	case errors.As(err, &code):
		return codes[code]
	case errors.As(err, &trap):
		panic(trap)
	case ctx.Err() != nil && errors.Is(err, context.Cause(ctx)):
		panic(&rt.Trap{Code: rt.TrapInterrupt, Cause: err})
	case errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe):
		return epipe
	case errors.Is(err, syscall.ECONNRESET):
		return econnreset
	case errors.Is(err, os.ErrDeadlineExceeded):
		return eagain
	case errors.Is(err, net.ErrClosed), errors.Is(err, fs.ErrClosed):
		return ebadf
	}
	return codes[filesystem.CodeOf(err)]
}
