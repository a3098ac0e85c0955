package names

import "strconv"

// This file: scopes, and what a name becomes when it is taken.

// role says what a package-scope name stands for.
type role uint8

const (
	roleReserved role = iota // the API's own names
	roleType                 // a WIT type or resource
	roleCase                 // case of a variant, constant of an enum or flags
	roleIface                // Go interface or accessor struct
	roleFunc
)

// owner is who has a package-scope name.
type owner struct {
	role   role
	iface  ifaceName
	export bool
}

// pkgScope is the package's scope.
type pkgScope map[string]owner

// reservedPackage are the names that every generated package declares or may
// come to declare.
var reservedPackage = []string{
	"Imports", "Prepare", "Pre", "Instance", "Instantiate", "Func", "FuncAt", "Export", "ExportIndex",
	"Module", "Resource", "TypedFunc", "Exports", "PrepareDynamic", "TrapImports",
}

func newPkgScope() pkgScope {
	s := pkgScope{}
	for _, n := range reservedPackage {
		s[n] = owner{role: roleReserved}
	}
	return s
}

// declare takes base, or what base becomes: the rules are
//
//  1. an export whose interface (in any version) already has the name on the
//     import side gets the prefix Export;
//  2. another version of the same interface gets the version as a suffix;
//  3. a type that meets a stranger gets the prefix of its interface, then also
//     of its package;
//  4. a Go interface that meets a type gets the suffix Iface, one that meets
//     another interface the prefix of its package, then also of its namespace;
//  5. what is still taken gets version, Export, a number.
func (s pkgScope) declare(base string, me owner) string {
	if o, ok := s[base]; ok {
		base = s.resolve(base, me, o)
	}
	s[base] = me
	return base
}

func (s pkgScope) resolve(base string, me, o owner) string {
	ver := me.iface.versionIdent()
	var c []string
	sameIface := o.role != roleReserved && !me.iface.plain && o.iface.withoutVersionID == me.iface.withoutVersionID ||
		o.iface.full == me.iface.full
	switch {
	case o.role == roleReserved:
		switch me.role {
		case roleIface:
			c = append(c, base+"Iface")
		case roleFunc:
			c = append(c, base+"Func")
		default:
			if q := me.iface.qualifier(); q != "" {
				c = append(c, q+base)
			}
			c = append(c, base+"Type")
		}
	case sameIface && me.export && !o.export:
		c = append(c, "Export"+base, "Export"+base+ver)
	case sameIface && o.iface.version != me.iface.version:
		c = append(c, base+ver)
	case me.role == roleType:
		if q := me.iface.qualifier(); q != "" {
			c = append(c, q+base)
		}
		if p := me.iface.pkg; p != "" {
			c = append(c, exported(p)+exported(me.iface.iface)+base)
		}
	case me.role == roleIface:
		if o.role == roleType || o.role == roleCase {
			c = append(c, base+"Iface")
		}
		if p := me.iface.pkg; p != "" {
			c = append(c, exported(p)+base, exported(me.iface.ns)+exported(p)+base)
		}
	case me.role == roleCase:
		c = append(c, base+"Case")
	case me.role == roleFunc:
		c = append(c, base+"Func")
	}
	for _, x := range c {
		if _, ok := s[x]; !ok {
			return x
		}
	}
	last := base
	if len(c) > 0 {
		last = c[len(c)-1]
	}
	if ver != "" {
		c = append(c[:0], last+ver)
	}
	if me.export {
		c = append(c, "Export"+last, "Export"+last+ver)
	}
	for _, x := range c {
		if _, ok := s[x]; !ok {
			return x
		}
	}
	for n := 2; ; n++ {
		x := last + "_" + strconv.Itoa(n)
		if _, ok := s[x]; !ok {
			return x
		}
	}
}

// members is a scope of fields or methods: what is taken, and whether it is
// the API's own rather than another label's.
type members map[string]bool

// reservedInstance are the methods that Instance has by itself.
var reservedInstance = []string{
	"Func", "FuncAt", "Export", "ExportIndex", "Module", "ModuleAt", "Resource", "ResourceAt", "Pre", "RunConcurrent", "Spawn",
	"Close",
}

// vetMethods have a signature that go vet insists on (its stdmethods check);
// a WIT function never has it, because ctx comes first.
var vetMethods = []string{
	"GobDecode", "GobEncode", "MarshalJSON", "MarshalXML", "ReadByte", "ReadRune", "UnmarshalJSON",
	"UnmarshalXML", "UnreadByte", "UnreadRune", "WriteByte",
}

func newMembers(reserved ...[]string) members {
	m := members{}
	for _, r := range reserved {
		for _, n := range r {
			m[n] = true
		}
	}
	return m
}

func (m members) taken(id string) bool {
	_, ok := m[id]
	return ok
}

// declare takes the Go name of label. What the API needs itself gets suffix
// (Func, Field); what another label has gets its hyphens back as underscores (x-1
// after x1 is X_1), or a number.
func (m members) declare(base, label, suffix string) string {
	id := base
	if m[id] && suffix != "" {
		id = base + suffix
	}
	if m.taken(id) && label != "" {
		id = joined(label, "_")
	}
	for n := 2; m.taken(id); n++ {
		id = base + "_" + strconv.Itoa(n)
	}
	m[id] = false
	return id
}
