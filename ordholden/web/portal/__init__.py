"""The portal of one organisation: its policy, the rights as a wizard, a case behind a link, and a person's own choices."""
