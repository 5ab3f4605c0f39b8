import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Replaces a file whole or not at all, and returns when that survives a loss of power. */
export function replaceDurably(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.partial`;
  withFile(partial, 'w', text);
  renameSync(partial, file);
  syncFolder(dirname(file));
}

/** Adds to a file, and returns when that survives a loss of power. */
export function appendDurably(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  withFile(file, 'a', text);
  syncFolder(dirname(file));
}

function withFile(file: string, flags: 'w' | 'a', text: string): void {
  const descriptor = openSync(file, flags, 0o600);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The rename itself, and a new file's name, stand in the folder. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
