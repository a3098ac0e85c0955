// Package asynctest tests asynchronous components as embedders use them: what
// is in testdata is translated, built beside a host and run. It has tests only.
package asynctest
