// SPDX-License-Identifier: Apache-2.0
//
// A password with a code of an authenticator, for who has neither a passkey nor a shell at hand (ADR 0078). Set by who
// is signed in otherwise; what is wrong is never said, and each try costs the same whoever it is for.
//
// Standards: NIST SP 800-63B 3.1.1 (length over composition, limits of tries), RFC 8018 5.2 (PBKDF2), RFC 6238 5.2 (a
// code counts once).
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Weir.Contracts.Policy;
using Weir.Hosting.Files;

namespace Weir.Desk.Sessions;

/// <summary>What came of a try to sign in.</summary>
/// <param name="Id">Of the password that opens a session; empty where it was refused.</param>
/// <param name="Why">For the record: why not; of a recovery code that it was one.</param>
internal readonly record struct PasswordTry(string Id, string Why);

/// <summary>Keeps passwords in a file of the desk's user alone. Safe for any thread.</summary>
internal sealed class ConsolePasswords
{
    /// <summary>Fewest characters.</summary>
    public const int Shortest = 12;

    /// <summary>Most characters: what is longer costs time.</summary>
    public const int Longest = 128;

    /// <summary>Tries that fail one after the other before none counts for <see cref="LockTime"/>.</summary>
    public const int MostTries = 5;

    /// <summary>Codes for who lost the authenticator, each good once.</summary>
    public const int RecoveryCodes = 8;

    /// <summary>How long no try counts after too many.</summary>
    public static readonly TimeSpan LockTime = TimeSpan.FromMinutes(15);

    /// <summary>How long a key that was shown waits for its first code.</summary>
    public static readonly TimeSpan KeyLife = TimeSpan.FromMinutes(10);

    /// <summary>Of PBKDF2-HMAC-SHA-512, some tenths of a second (OWASP Password Storage, 2023).</summary>
    public const int UsualRounds = 210_000;

    private const int SaltOctets = 16;
    private const int HashOctets = 32;
    private const int IdLength = 12;
    private const int AtOnce = 2;

    /// <summary>Who may wait for a hash; more are turned away, so that tries without end keep nobody's memory.</summary>
    private const int MostWaiting = 16;

    /// <summary>Hashes at once, of all who try.</summary>
    private static readonly SemaphoreSlim Work = new(AtOnce, AtOnce);

    private readonly Lock _gate = new();
    private readonly string? _file;
    private readonly TimeProvider _time;
    private readonly Func<string, uint?> _numberOf;
    private readonly int _rounds;
    private readonly Dictionary<string, ConsolePassword> _byUser = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (byte[] Key, long At)> _shown = new(StringComparer.Ordinal);
    private int _waiting;
    private readonly byte[] _nobodysSalt = SecretText.DrawOctets(SaltOctets);

    /// <param name="file">Where they are kept; null for in memory alone.</param>
    /// <param name="time">The clock.</param>
    /// <param name="numberOf">The number that a user of the operating system has now.</param>
    /// <param name="rounds">Of PBKDF2.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or others may read it.</exception>
    public ConsolePasswords(string? file, TimeProvider time, Func<string, uint?> numberOf, int rounds = UsualRounds)
    {
        (_file, _time, _numberOf, _rounds) = (file, time, numberOf, rounds);
        try
        {
            foreach (var one in file is not null && KeyFile.ReadIfAny(file) is { } kept
                ? JsonSerializer.Deserialize(kept, ConsolePasswordJson.Default.ListConsolePassword) ?? [] : [])
            {
                _byUser[one.User] = one;
            }
        }
        catch (JsonException damaged)
        {
            throw new InvalidDataException(
                $"{file}: is no list of passwords ({damaged.Message}); remove it, and have them set anew", damaged);
        }
    }

    /// <summary>What is kept of a person; null where there is none, or the name is another user's by now.</summary>
    public ConsolePassword? Find(string user)
    {
        lock (_gate)
        {
            return Known(user);
        }
    }

    /// <summary>A new key for somebody's authenticator, in base32. It counts once a code of it came with a password.
    /// </summary>
    public string ShowKey(string user)
    {
        var key = SecretText.DrawOctets(OneTimeCode.KeyOctets);
        lock (_gate)
        {
            _shown[user] = (key, _time.GetTimestamp());
        }

        return OneTimeCode.Write(key);
    }

    /// <summary>Why a password is none; empty where it is one. The words are `password.WORD` of the console.</summary>
    public static string FaultOf(string user, string password) =>
        Plain(password).Length < Shortest ? "short"
        : password.Length > Longest ? "long"
        : password.Contains(user, StringComparison.OrdinalIgnoreCase) ? "name"
        : Plain(password).Distinct().Count() < Shortest / 3 ? "plain"
        : "";

    /// <summary>Sets somebody's password with the key that was shown; durable when it returns.</summary>
    /// <returns>Recovery codes, which nobody can be told again; null where the code is none of that key, or the key was
    /// shown too long ago.</returns>
    public async Task<IReadOnlyList<string>?> SetAsync(
        string user, string password, string code, CancellationToken cancel)
    {
        var salt = SecretText.DrawOctets(SaltOctets);
        var hash = await HashAsync(password, salt, _rounds, cancel);
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            if (!_shown.TryGetValue(user, out var shown) || _time.GetElapsedTime(shown.At) >= KeyLife
                || OneTimeCode.Find(shown.Key, code, now, last: 0) is not { } step)
            {
                return null;
            }

            string[] recovery = [.. Enumerable.Range(0, RecoveryCodes).Select(_ => SecretText.Draw()[..20])];
            Keep(new(
                user, _numberOf(user), SecretText.Digest(SecretText.Draw())[..IdLength], salt, _rounds, hash, shown.Key)
            {
                Since = now, LastStep = step, Recovery = [.. recovery.Select(SecretText.Digest)],
            });
            _ = _shown.Remove(user);
            return recovery;
        }
    }

    /// <summary>Takes somebody's away; durable when it returns.</summary>
    /// <returns>False where there is none.</returns>
    public bool Remove(string user)
    {
        lock (_gate)
        {
            if (!_byUser.ContainsKey(user))
            {
                return false;
            }

            Write(_byUser.Values.Where(one => one.User != user));
            return _byUser.Remove(user);
        }
    }

    /// <summary>Whether somebody is who they say: name, password and a code of the authenticator or for recovery, which
    /// is used up. What was used and what failed is durable when it returns.</summary>
    public async Task<PasswordTry> TryAsync(string user, string password, string code, CancellationToken cancel)
    {
        ConsolePassword? before;
        lock (_gate)
        {
            before = Known(user);
        }

        var hash = password.Length > Longest ? []
            : await HashAsync(password, before?.Salt ?? _nobodysSalt, before?.Rounds ?? _rounds, cancel);
        lock (_gate)
        {
            if (Known(user) is not { } one || before is null || one.Id != before.Id)
            {
                return new("", "no password of that name");
            }

            var now = _time.GetUtcNow();
            if (one.LockedUntil > now)
            {
                return new("", "too many tries");
            }

            var isRight = CryptographicOperations.FixedTimeEquals(hash, one.Hash);
            var step = OneTimeCode.Find(one.Key, code, now, one.LastStep);
            var recovery = step is not null ? null
                : one.Recovery.FirstOrDefault(digest => digest == SecretText.Digest(code.Trim()));
            if (!isRight || (step is null && recovery is null))
            {
                Keep(Failed(one, now));
                return new("", isRight ? "a code that is none, or was used" : "a wrong password");
            }

            Keep(one with
            {
                LastStep = step ?? one.LastStep, Failed = 0, LockedUntil = null,
                Recovery = [.. one.Recovery.Where(digest => digest != recovery)],
            });
            return new(one.Id, recovery is null ? "password" : "password, recovery code");
        }
    }

    private static ConsolePassword Failed(ConsolePassword one, DateTimeOffset now) => one.Failed + 1 < MostTries
        ? one with { Failed = one.Failed + 1, LockedUntil = null }
        : one with { Failed = 0, LockedUntil = now + LockTime };

    private ConsolePassword? Known(string user) =>
        _byUser.GetValueOrDefault(user) is { } one && one.Number == _numberOf(user) ? one : null;

    /// <summary>Beside the lock, and few at once: who tries without end keeps two cores' worth of time and no more.
    /// </summary>
    private async Task<byte[]> HashAsync(string password, byte[] salt, int rounds, CancellationToken cancel)
    {
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            _ = Interlocked.Decrement(ref _waiting);
            throw new TimeoutException("too many sign in by password at once; try again in a minute");
        }

        try
        {
            await Work.WaitAsync(cancel);
        }
        finally
        {
            _ = Interlocked.Decrement(ref _waiting);
        }

        try
        {
            return Rfc2898DeriveBytes.Pbkdf2(
                Encoding.UTF8.GetBytes(Plain(password)), salt, rounds,
                HashAlgorithmName.SHA512, HashOctets);
        }
        finally
        {
            _ = Work.Release();
        }
    }

    /// <summary>As it is hashed: keyboards differ in how they write a letter.</summary>
    private static string Plain(string password) => password.Trim().Normalize(NormalizationForm.FormKC);

    private void Keep(ConsolePassword one)
    {
        Write(_byUser.Values.Where(other => other.User != one.User).Append(one));
        _byUser[one.User] = one;
    }

    /// <summary>Before it holds in memory: where the disk refuses, nothing has changed.</summary>
    private void Write(IEnumerable<ConsolePassword> next)
    {
        if (_file is not null)
        {
            KeyFile.Write(_file, JsonSerializer.SerializeToUtf8Bytes(
                [.. next], ConsolePasswordJson.Default.ListConsolePassword));
        }
    }
}
