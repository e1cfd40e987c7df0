/** The console of the central server: nodes, clinics, people. */
import './styles/base.css';
import { mount } from 'svelte';
import { handleKey } from '$lib/app/keys.svelte';
import { loadTexts } from '$lib/app/text.svelte';
import { startTheme } from '$lib/app/theme.svelte';
import ptShared from '$locales/pt-BR/shared.ftl?raw';
import ptAdmin from '$locales/pt-BR/admin.ftl?raw';
import enShared from '$locales/en-US/shared.ftl?raw';
import enAdmin from '$locales/en-US/admin.ftl?raw';
import App from './routes/admin/App.svelte';

startTheme();
loadTexts({ 'pt-BR': [ptShared, ptAdmin], 'en-US': [enShared, enAdmin] });
addEventListener('keydown', handleKey);
const target = document.getElementById('app');
if (target) mount(App, { target });
