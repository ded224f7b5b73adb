/** Rebuilds a pool. Tries again while it is busy, so many times, and waits so many milliseconds between. */
export async function rebuildPool({ url, token }, { project, pool, image }, { tries = 3, pause = 1000 } = {}) {
  const answer = await fetch(`${url}/v2/${project}/desktop-pools/${pool}/rebuild`, {
    method: 'POST',
    headers: { 'X-Auth-Token': token, 'Content-Type': 'application/json' },
    body: JSON.stringify({ image_id: image }),
  });
  const body = await answer.json();
  if (answer.ok) {
    if (typeof body.job_id === 'string') return body.job_id;
    throw new Error('an acceptance without a job_id');
  }
  if (answer.status !== 409 || tries <= 1) throw new Error(`${body.error_code}: ${body.error_msg}`);
  await new Promise((resolve) => setTimeout(resolve, pause));
  return rebuildPool({ url, token }, { project, pool, image }, { tries: tries - 1, pause });
}
