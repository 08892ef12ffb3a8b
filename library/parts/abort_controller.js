// What packages take for the package `abort-controller`.

module.exports = { AbortController, AbortSignal };
