package rt

// Version is the interface between generated code and this package. Generated
// code does not compile against another one: it indexes an array type by the
// difference (see Handshake).
const Version = 1

// Handshake is referred to by generated code as rt.Handshake[v-rt.Version]:
// a wrong version is an index out of range at compile time.
type Handshake [1]struct{}
