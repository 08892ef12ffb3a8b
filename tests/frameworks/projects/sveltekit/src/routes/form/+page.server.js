import { fail, redirect } from '@sveltejs/kit';

export const actions = {
  async default({ request }) {
    const form = await request.formData();
    const name = form.get('name');
    if (!name) return fail(422, { missing: true });
    if (name === 'away') redirect(303, '/');
    return { name, file: form.get('file') instanceof File ? await form.get('file').text() : null };
  },
};
