import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Reference, startReference } from '../reference/endpoint.ts';

// The vendor's own client notes an id under the home folder, and logs its requests.
const home = mkdtempSync(join(tmpdir(), 'home-'));
vi.stubEnv('HOME', home);
vi.spyOn(process.stdout, 'write').mockReturnValue(true);

let reference: Reference;
beforeAll(async () => {
  reference = await startReference({ auth: 'aksk' });
});
afterAll(async () => {
  await reference.close();
  rmSync(home, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

async function rebuild(secret: string | undefined, data: object): Promise<unknown> {
  const { BasicCredentials } = await import('@huaweicloud/huaweicloud-sdk-core');
  const { ClientBuilder } = await import('@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js');
  const { auth } = reference.configuration as { auth: { access_key: string; secret_key: string } };
  const credential = new BasicCredentials()
    .withAk(auth.access_key)
    .withSk(secret ?? auth.secret_key)
    .withProjectId('p1');
  const client = new ClientBuilder((inner) => inner).withCredential(credential).withEndpoint(reference.url).build();
  return client.sendRequest({
    url: '/v2/{project_id}/desktop-pools/{pool_id}/rebuild',
    method: 'POST',
    contentType: 'application/json',
    queryParams: {},
    pathParams: { project_id: 'p1', pool_id: 'pool-a' },
    headers: {},
    data,
  });
}

test("the vendor's own client rebuilds a pool of the reference endpoint", async () => {
  const answer = await rebuild(undefined, {
    image_id: 'img-1',
    delay_time: 15,
    message: 'save your work — 保存',
    is_fix: false,
  });
  expect(answer).toMatchObject({ httpStatusCode: 200, job_id: expect.any(String) });
});

test("the vendor's own client understands a refusal", async () => {
  await expect(rebuild('another secret', { image_id: 'img-1' })).rejects.toMatchObject({ httpStatusCode: 401 });
  await expect(rebuild(undefined, {})).rejects.toMatchObject({
    httpStatusCode: 400,
    errorCode: expect.any(String),
    errorMsg: expect.any(String),
  });
});
