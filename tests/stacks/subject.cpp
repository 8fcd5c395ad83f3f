// SPDX-License-Identifier: MIT
// Exceptions, virtual calls, templates, lambdas and threads; calls are marked by getppid.
#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#define ALONE __attribute__((noinline))

static volatile int sink;

ALONE static void mark(int n)
{
	sink = sink + getppid() + n;
}

struct cleaner {
	int n;
	~cleaner() { mark(n); }
};

struct shape {
	virtual ~shape() = default;
	virtual int area(int n) = 0;
};

struct square : shape {
	ALONE int area(int n) override
	{
		mark(n);
		return n * n + sink;
	}
};

template <typename T> ALONE static T deep(T n)
{
	cleaner c { static_cast<int>(n) };
	if (n <= 0)
		throw std::runtime_error("at the bottom of " + std::to_string(sink));
	return deep(n - 1) + n;
}

ALONE static void catching()
{
	try {
		sink = sink + deep<long>(4);
	} catch (const std::exception &e) {
		mark(static_cast<int>(e.what()[0]));
	}
}

ALONE static void sorting()
{
	std::vector<int> v { 5, 1, 4 };
	std::sort(v.begin(), v.end(), [](int a, int b) {
		mark(a);
		return a < b;
	});
	sink = sink + v[0];
}

ALONE static void rethrowing()
{
	cleaner c { 2 };
	try {
		catching();
		deep<int>(2);
	} catch (...) {
		mark(3);
		throw;
	}
}

namespace outer {
namespace {
ALONE int hidden(const std::function<int(int)> &f)
{
	return f(7) + sink;
}
}
}

int main()
{
	square s;
	shape *p = &s;
	sink = sink + p->area(3);
	catching();
	sorting();
	try {
		rethrowing();
	} catch (const std::exception &) {
		mark(9);
	}
	sink = sink + outer::hidden([](int n) {
		mark(n);
		return sink + n;
	});
	std::thread t([] { catching(); });
	t.join();
	return 0;
}
