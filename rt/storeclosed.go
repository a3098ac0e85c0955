package rt

// StoreCloser is implemented by values of host resources that hold something which the
// garbage collector does not give back: when a store is closed, those that its guests still own are
// told, as if they had been dropped. Other values are not: closing a store runs no destructor.
type StoreCloser interface {
	StoreClosed()
}

// closeResources tells the values that guests own. The store's baton is held.
func (s *Store) closeResources() {
	for _, c := range s.comps {
		for i := range c.Handles.entries {
			h := &c.Handles.entries[i]
			if h.kind != handleOwn || h.res == nil || h.res.Inst != nil {
				continue
			}
			if v, ok := h.val.(StoreCloser); ok {
				v.StoreClosed()
			}
		}
	}
}
