/* SPDX-License-Identifier: MIT */
/* ECMA-48, and xterm's alternate screen, which every terminal of today has. */
#include "analyze/top/screen.h"

#include "shared/buffer.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static const char begin_screen[] = "\033[?1049h\033[?25l\033[H\033[2J";
static const char end_screen[] = "\033[m\033[?25h\033[?1049l";

/* For handlers, too. */
static struct {
	volatile sig_atomic_t entered, changed;
	int in, out;
	struct termios before;
} screen;

static bool put_all(const void *text, size_t len)
{
	const char *p = text;
	while (len) {
		ssize_t n = write(screen.out, p, len);
		if (n < 0 && errno == EAGAIN) { /* somebody else made it so */
			poll(&(struct pollfd){ .fd = screen.out, .events = POLLOUT }, 1, 100);
			continue;
		}
		if (n < 0 && errno != EINTR)
			return false;
		p += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

static void give_back(void)
{
	if (!screen.entered)
		return;
	screen.entered = 0;
	if (write(screen.out, end_screen, sizeof(end_screen) - 1) < 0)
		return; /* it has gone */
	tcsetattr(screen.in, TCSANOW, &screen.before);
}

static void die(int signo)
{
	give_back();
	signal(signo, SIG_DFL);
	raise(signo);
}

static void note_change(int signo)
{
	(void)signo;
	screen.changed = 1;
}

static bool take_over(void)
{
	struct termios raw = screen.before;
	raw.c_iflag &= ~(tcflag_t)(ICRNL | IXON);
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(screen.in, TCSAFLUSH, &raw) < 0)
		return false;
	screen.entered = screen.changed = 1;
	return put_all(begin_screen, sizeof(begin_screen) - 1);
}

int rn_screen_enter(int in, int out, struct rn_error *err)
{
	static const int deadly[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS };
	static bool registered;
	screen.in = in;
	screen.out = out;
	if (tcgetattr(in, &screen.before) < 0)
		return rn_fail_errno(err, RN_E_IO, errno, "the terminal cannot be used");
	if (!registered)
		atexit(give_back);
	registered = true;
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		signal(deadly[i], die);
	struct sigaction change = { .sa_handler = note_change }; /* without SA_RESTART: poll is to end */
	sigaction(SIGWINCH, &change, NULL);
	sigaction(SIGCONT, &change, NULL);
	if (take_over())
		return 0;
	give_back();
	return rn_fail(err, RN_E_IO, "the terminal cannot be used");
}

void rn_screen_leave(void)
{
	give_back();
	signal(SIGWINCH, SIG_DFL);
	signal(SIGCONT, SIG_DFL);
}

void rn_screen_suspend(void)
{
	give_back();
	kill(getpid(), SIGSTOP);
	take_over();
}

void rn_screen_size(unsigned *width, unsigned *height)
{
	struct winsize size = { 0 };
	ioctl(screen.out, TIOCGWINSZ, &size);
	*width = size.ws_col ? size.ws_col : 80;
	*height = size.ws_row ? size.ws_row : 24;
}

bool rn_screen_changed(void)
{
	bool changed = screen.changed;
	screen.changed = 0;
	return changed;
}

bool rn_screen_draw(struct rn_bytes lines)
{
	struct rn_buffer out = RN_BUFFER_INIT;
	rn_put_text(&out, "\033[H");
	for (size_t i = 0; i < lines.len; i++)
		if (lines.p[i] == '\n')
			rn_put_text(&out, "\033[K\r\n");
		else
			rn_put_u8(&out, lines.p[i]);
	rn_put_text(&out, "\033[K\033[J");
	bool drawn = rn_buffer_ok(&out) && put_all(out.p, out.len);
	rn_buffer_fini(&out);
	return drawn;
}
