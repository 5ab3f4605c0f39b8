import { rollOut, sayWhenInterrupted } from './program';

sayWhenInterrupted();
rollOut(process.env).then((code) => {
  process.exitCode = code;
});
