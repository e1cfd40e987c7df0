/** The reception desk's screens, served by the clinic's node. */
import './styles/base.css';
import { mount } from 'svelte';
import { handleKey } from '$lib/app/keys.svelte';
import { loadTexts } from '$lib/app/text.svelte';
import { startTheme } from '$lib/app/theme.svelte';
import ptShared from '$locales/pt-BR/shared.ftl?raw';
import ptReception from '$locales/pt-BR/reception.ftl?raw';
import enShared from '$locales/en-US/shared.ftl?raw';
import enReception from '$locales/en-US/reception.ftl?raw';
import App from './routes/reception/App.svelte';

startTheme();
loadTexts({ 'pt-BR': [ptShared, ptReception], 'en-US': [enShared, enReception] });
addEventListener('keydown', handleKey);
const target = document.getElementById('app');
if (target) mount(App, { target });
