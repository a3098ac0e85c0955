package bare

import "github.com/wc2go/wc2go/ir"

// preview1 has the functions of wasi_snapshot_preview1 and their core types: i
// is i32, I is i64, results are after the colon. Their Go names are those of
// rt/wasi/preview1.System's methods, in Go's case.
var preview1 = map[string]string{
	"args_get": "ii:i", "args_sizes_get": "ii:i", "environ_get": "ii:i", "environ_sizes_get": "ii:i",
	"clock_res_get": "ii:i", "clock_time_get": "iIi:i",
	"fd_advise": "iIIi:i", "fd_allocate": "iII:i", "fd_close": "i:i", "fd_datasync": "i:i",
	"fd_fdstat_get": "ii:i", "fd_fdstat_set_flags": "ii:i", "fd_fdstat_set_rights": "iII:i",
	"fd_filestat_get": "ii:i", "fd_filestat_set_size": "iI:i", "fd_filestat_set_times": "iIIi:i",
	"fd_pread": "iiiIi:i", "fd_prestat_get": "ii:i", "fd_prestat_dir_name": "iii:i", "fd_pwrite": "iiiIi:i",
	"fd_read": "iiii:i", "fd_readdir": "iiiIi:i", "fd_renumber": "ii:i", "fd_seek": "iIii:i", "fd_sync": "i:i",
	"fd_tell": "ii:i", "fd_write": "iiii:i",
	"path_create_directory": "iii:i", "path_filestat_get": "iiiii:i", "path_filestat_set_times": "iiiiIIi:i",
	"path_link": "iiiiiii:i", "path_open": "iiiiiIIii:i", "path_readlink": "iiiiii:i", "path_remove_directory": "iii:i",
	"path_rename": "iiiiii:i", "path_symlink": "iiiii:i", "path_unlink_file": "iii:i",
	"poll_oneoff": "iiii:i", "proc_exit": "i:", "proc_raise": "i:i", "sched_yield": ":i", "random_get": "ii:i",
	"sock_accept": "iii:i", "sock_recv": "iiiiii:i", "sock_send": "iiiii:i", "sock_shutdown": "ii:i",
}

// Preview1 is the name of the module that preview 1 is imported from.
const Preview1 = "wasi_snapshot_preview1"

// shape writes a function type as the table above does; "?" stands for other types.
func shape(t *ir.FuncType) string {
	letter := func(l []ir.ValType) (s string) {
		for _, v := range l {
			switch v.Kind {
			case ir.I32:
				s += "i"
			case ir.I64:
				s += "I"
			default:
				s += "?"
			}
		}
		return s
	}
	return letter(t.Params) + ":" + letter(t.Results)
}
