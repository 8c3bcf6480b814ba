export { pages, type Page } from './pages.ts';
