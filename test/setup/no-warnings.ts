/** Any warning a process emits during the suite is a failure: warnings are how leaks announce themselves. */
process.on('warning', (warning) => {
  throw new Error(`the suite allows no warnings, but one was emitted: ${warning.name}: ${warning.message}`)
})
