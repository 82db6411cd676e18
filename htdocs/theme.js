/*
 * theme.js - light or dark, when the reader has said so, before anything is
 * drawn. pawl.js has the switch.
 *
 * SPDX-License-Identifier: ISC
 */
"use strict";
try {
	const theme = localStorage.getItem("pawl-theme");
	if (theme === "light" || theme === "dark")
		document.documentElement.dataset.theme = theme;
} catch {
	/* a browser that keeps nothing: as the system says */
}
