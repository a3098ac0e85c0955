//go:build unix

package filesystem

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// openFlags keep an open of a FIFO or terminal from blocking or becoming the
// controlling terminal.
const openFlags = syscall.O_NONBLOCK | syscall.O_NOCTTY

var codes = map[syscall.Errno]ErrorCode{
	syscall.EACCES: ErrorCodeAccess, syscall.EAGAIN: ErrorCodeWouldBlock, syscall.EALREADY: ErrorCodeAlready,
	syscall.EBADF: ErrorCodeBadDescriptor, syscall.EBUSY: ErrorCodeBusy, syscall.EDEADLK: ErrorCodeDeadlock,
	syscall.EDQUOT: ErrorCodeQuota, syscall.EEXIST: ErrorCodeExist, syscall.EFBIG: ErrorCodeFileTooLarge,
	syscall.EILSEQ: ErrorCodeIllegalByteSequence, syscall.EINPROGRESS: ErrorCodeInProgress, syscall.EINTR: ErrorCodeInterrupted,
	syscall.EINVAL: ErrorCodeInvalid, syscall.EIO: ErrorCodeIo, syscall.EISDIR: ErrorCodeIsDirectory, syscall.ELOOP: ErrorCodeLoop,
	syscall.EMLINK: ErrorCodeTooManyLinks, syscall.EMSGSIZE: ErrorCodeMessageSize, syscall.ENAMETOOLONG: ErrorCodeNameTooLong,
	syscall.ENODEV: ErrorCodeNoDevice, syscall.ENOENT: ErrorCodeNoEntry, syscall.ENOLCK: ErrorCodeNoLock,
	syscall.ENOMEM: ErrorCodeInsufficientMemory, syscall.ENOSPC: ErrorCodeInsufficientSpace, syscall.ENOTDIR: ErrorCodeNotDirectory,
	syscall.ENOTEMPTY: ErrorCodeNotEmpty, syscall.ENOTSUP: ErrorCodeUnsupported, syscall.ENOSYS: ErrorCodeUnsupported,
	syscall.ENOTTY: ErrorCodeNoTty, syscall.ENXIO: ErrorCodeIo /* a socket, as Wasmtime has it */, syscall.EOVERFLOW: ErrorCodeOverflow,
	syscall.EPERM: ErrorCodeNotPermitted, syscall.EPIPE: ErrorCodePipe, syscall.EROFS: ErrorCodeReadOnly,
	syscall.ESPIPE: ErrorCodeInvalidSeek, syscall.ETXTBSY: ErrorCodeTextFileBusy, syscall.EXDEV: ErrorCodeCrossDevice,
}

func systemCode(err error) (ErrorCode, bool) {
	var n syscall.Errno
	if !errors.As(err, &n) {
		return 0, false
	}
	c, ok := codes[n]
	return c, ok
}

func systemStat(info fs.FileInfo, s *DescriptorStat) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		s.LinkCount = uint64(st.Nlink)
		statTimes(st, s)
	}
}

// identity is equal for equal files in equal states.
func identity(info fs.FileInfo) string {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprint(st.Dev, st.Ino)
	}
	return fmt.Sprint(info.Name(), info.Size(), info.ModTime().UnixNano())
}
