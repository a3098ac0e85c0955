;; What the scripts of the threads proposal want in spectest besides.
(module $spectest_threads
  (memory (export "shared_memory") 1 2 shared))
