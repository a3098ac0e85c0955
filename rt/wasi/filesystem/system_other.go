//go:build !unix

package filesystem

import (
	"fmt"
	"io/fs"
)

const openFlags = 0

func systemCode(error) (ErrorCode, bool) { return 0, false }

func systemStat(fs.FileInfo, *DescriptorStat) {}

func identity(info fs.FileInfo) string {
	return fmt.Sprint(info.Name(), info.Size(), info.ModTime().UnixNano())
}
