// Preloaded into processes of the test bench: their end of the pipe closes when the parent is gone, also by SIGKILL.
// By --require: with --import Node reads the program itself as a module, which takes half a second for a bundle.
process.stdin
  .on('end', () => process.kill(process.pid, 'SIGKILL'))
  .resume()
  .unref();
