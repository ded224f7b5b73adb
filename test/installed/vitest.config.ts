import { defineConfig } from 'vitest/config';

/** Installs the tarball with npm, several versions of Node beside it: too slow, and too hungry, for every run of the tests. */
export default defineConfig({
  test: {
    include: ['test/installed/installed.ts'],
    testTimeout: 300_000,
    hookTimeout: 900_000,
    reporters: ['verbose'],
  },
});
