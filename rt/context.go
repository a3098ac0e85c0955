package rt

import "context"

// Context is context.Context.
type Context = context.Context
