import { defineConfig } from 'vitest/config';

const outside = ['node_modules/**', 'dist/**', 'examples/**'];

export default defineConfig({
  test: {
    testTimeout: 180_000,
    // As many as there are processors: else one of two would stand idle.
    maxWorkers: '100%',
    // Files share the modules that a worker has loaded and warmed up: to start anew for each took a third of the time.
    isolate: false,
    projects: [
      { extends: true, test: { name: 'parts', include: ['**/*.test.{ts,tsx}'], exclude: ['test/**', ...outside] } },
      { extends: true, test: { name: 'whole', include: ['test/**/*.test.ts'], exclude: outside } },
    ],
  },
});
