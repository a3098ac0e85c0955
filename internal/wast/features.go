package wast

import (
	"path/filepath"
	"strings"

	"github.com/wc2go/wc2go/frontend/validate"
)

// features are the features of validation for a script: what its configuration
// sets to false is off, and a proposal it sets to true is on. Nil allows
// everything that is finished.
func (s *script) features() *validate.Features {
	if strings.HasPrefix(filepath.ToSlash(s.name), "proposals/threads/") {
		// The proposal is written against version 1 of the language.
		return &validate.Features{Threads: true, BulkMemory: true, MultiValue: true}
	}
	if strings.HasPrefix(filepath.ToSlash(s.name), "proposals/custom-descriptors/") {
		f := validate.AllFeatures()
		f.CustomDescriptors = true
		return &f
	}
	var f *validate.Features
	for name, on := range s.driver.Config {
		if on && name != "custom_descriptors" {
			continue // it is on
		}
		if f == nil {
			all := validate.AllFeatures()
			f = &all
		}
		if p := feature(f, name); p != nil {
			*p = on
		}
	}
	return f
}

// feature finds a feature by its name in the configuration of Wasmtime's
// tests; nil for settings that do not change what is valid.
func feature(f *validate.Features, name string) *bool {
	switch name {
	case "multi_value":
		return &f.MultiValue
	case "bulk_memory":
		return &f.BulkMemory
	case "reference_types":
		return &f.ReferenceTypes
	case "simd":
		return &f.SIMD
	case "relaxed_simd":
		return &f.RelaxedSIMD
	case "tail_call":
		return &f.TailCall
	case "extended_const":
		return &f.ExtendedConst
	case "multi_memory":
		return &f.MultiMemory
	case "memory64":
		return &f.Memory64
	case "function_references":
		return &f.FunctionReferences
	case "gc", "gc_types":
		return &f.GC
	case "exceptions":
		return &f.Exceptions
	case "legacy_exceptions":
		return &f.LegacyExceptions
	case "threads":
		return &f.Threads
	case "wide_arithmetic":
		return &f.WideArithmetic
	case "custom_descriptors":
		return &f.CustomDescriptors
	case "compact_imports":
		return &f.CompactImports
	case "custom_page_sizes":
		return &f.CustomPageSizes
	case "component_model_async":
		return &f.Component.Async
	case "component_model_more_async_builtins", "component_model_async_builtins":
		return &f.Component.MoreAsyncBuiltins
	case "component_model_async_stackful":
		return &f.Component.AsyncStackful
	case "component_model_threading":
		return &f.Component.Threading
	case "component_model_error_context":
		return &f.Component.ErrorContext
	case "component_model_map":
		return &f.Component.Map
	case "component_model_fixed_length_lists":
		return &f.Component.FixedLengthLists
	case "component_model_memory64":
		return &f.Component.Memory64
	case "component_model_implements":
		return &f.Component.Implements
	}
	return nil
}
