/** The tools, from npm, at the versions that were current when the comparison was last written and run on Node 20. */
export const packages = {
  dredd: '14.1.0',
  '@redocly/cli': '2.77.0',
  '@apideck/portman': '1.33.0',
  newman: '6.2.2',
  '@stoplight/prism-cli': '5.14.2',
} as const;
