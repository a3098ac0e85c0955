;; The package-docs section.
(component
  (import "d:d/api" (instance $api
    (type $r' (record (field "x" u32) (field "y" u32)))
    (export "r" (type $r (eq $r')))
    (export "thing" (type $t (sub resource)))
    (export "[method]thing.go" (func (param "self" (borrow $t))))
    (export "f" (func (param "r" $r)))))
  (import "other:other/api" (instance (export "unrelated" (func))))
  (import "host" (func))
  (import "env" (instance $env (export "get" (func))))
  (export "out" (func $env "get"))
  (@custom "package-docs" "\01{\"docs\":\"The package.\",\"worlds\":{\"w\":{\"docs\":\"The world.\",\"funcs\":{\"host\":{\"docs\":\"Host.\"}},\"func_exports\":{\"out\":{\"docs\":\"Out.\"}},\"interfaces\":{\"env\":{\"docs\":\"Env.\",\"funcs\":{\"get\":\"Get.\"}}}}},\"interfaces\":{\"api\":{\"docs\":\"The API.\",\"funcs\":{\"f\":{\"docs\":\"F.\"},\"[method]thing.go\":{\"docs\":\"Go.\"}},\"types\":{\"r\":{\"docs\":\"R.\",\"items\":{\"x\":\"X.\"}},\"thing\":{\"docs\":\"Thing.\"}}}}}")
)
