/*
 * A PKCS#11 module that is another one with faults: it calls the module named
 * by FAULTY_MODULE, except where the file named by FAULTY_ORDER says, as
 * "C_Sign hang", "C_Sign crash" or "C_Sign 5", that a function never returns,
 * kills the process, or returns a code. An order is carried out once: the file
 * is removed first. Every function that can be ordered writes its name to the
 * file named by FAULTY_TRACE, and something to its standard output.
 *
 * With FAULTY_KEYS it is a module whose readers have keys of their own: a
 * C_Login without a PIN types what is in that variable.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long word;
typedef word (*function)(word, word, word, word, word);

/* CK_FUNCTION_LIST of version 2: a version, then 68 functions. */
struct list {
	unsigned char version[2];
	function f[68];
};

static struct list *inner, outer;

static word fault(const char *name)
{
	char function[64], what[64];
	const char *path = getenv("FAULTY_ORDER"), *trace = getenv("FAULTY_TRACE");
	FILE *f;
	int n;

	puts("modules print, too");
	fflush(stdout);
	if (trace && (f = fopen(trace, "a"))) {
		fprintf(f, "%s\n", name);
		fclose(f);
	}
	if (!path || !(f = fopen(path, "r")))
		return 0;
	n = fscanf(f, "%63s %63s", function, what);
	fclose(f);
	if (n != 2 || strcmp(function, name) != 0)
		return 0;
	unlink(path);
	if (strcmp(what, "hang") == 0)
		for (;;)
			pause();
	if (strcmp(what, "crash") == 0)
		*(volatile int *)0 = 1;
	return strtoul(what, NULL, 0);
}

#define FAULTY(index, name)                                         \
	static word name(word a, word b, word c, word d, word e)    \
	{                                                           \
		word rv = fault(#name);                             \
		return rv ? rv : inner->f[index](a, b, c, d, e);    \
	}

FAULTY(0, C_Initialize)
FAULTY(4, C_GetSlotList)
FAULTY(5, C_GetSlotInfo)
FAULTY(11, C_SetPIN)
FAULTY(12, C_OpenSession)
FAULTY(14, C_CloseAllSessions)
FAULTY(19, C_Logout)
FAULTY(24, C_GetAttributeValue)
FAULTY(27, C_FindObjects)
FAULTY(42, C_SignInit)
FAULTY(43, C_Sign)

/* Where the flags of a CK_TOKEN_INFO are, and the one for readers with keys. */
enum { FLAGS = 32 + 32 + 16 + 16, PROTECTED_AUTHENTICATION_PATH = 0x100 };

static word C_GetTokenInfo(word slot, word info, word c, word d, word e)
{
	word flags, rv = fault("C_GetTokenInfo");

	if (rv || (rv = inner->f[6](slot, info, c, d, e)) || !getenv("FAULTY_KEYS"))
		return rv;
	memcpy(&flags, (char *)info + FLAGS, sizeof flags);
	flags |= PROTECTED_AUTHENTICATION_PATH;
	memcpy((char *)info + FLAGS, &flags, sizeof flags);
	return 0;
}

static word C_Login(word session, word user, word pin, word length, word e)
{
	word rv = fault("C_Login");
	const char *keys = getenv("FAULTY_KEYS");

	if (rv)
		return rv;
	if (keys && !pin && !length) {
		pin = (word)keys;
		length = strlen(keys);
	}
	return inner->f[18](session, user, pin, length, e);
}

word C_GetFunctionList(struct list **list)
{
	word (*get)(struct list **);
	void *module = dlopen(getenv("FAULTY_MODULE"), RTLD_NOW);

	if (!module || !(get = (word (*)(struct list **))dlsym(module, "C_GetFunctionList")) || get(&inner) != 0)
		return 5;
	outer = *inner;
	outer.f[0] = C_Initialize;
	outer.f[4] = C_GetSlotList;
	outer.f[5] = C_GetSlotInfo;
	outer.f[6] = C_GetTokenInfo;
	outer.f[11] = C_SetPIN;
	outer.f[12] = C_OpenSession;
	outer.f[14] = C_CloseAllSessions;
	outer.f[18] = C_Login;
	outer.f[19] = C_Logout;
	outer.f[24] = C_GetAttributeValue;
	outer.f[27] = C_FindObjects;
	outer.f[42] = C_SignInit;
	outer.f[43] = C_Sign;
	*list = &outer;
	return 0;
}
