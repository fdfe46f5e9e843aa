// SPDX-License-Identifier: Apache-2.0
//
// Tokens of people for scripts (ADR 0069). Who makes one was identified by the people's socket; it acts as that person,
// in the role that the governance gives at each call, and in no other.
using System.Text.Json;
using Weir.Contracts.Policy;
using Weir.Hosting.Files;

namespace Weir.Desk.Sessions;

/// <summary>Keeps tokens in a file, where one is named. Safe for any thread.</summary>
internal sealed class ApiTokens
{
    /// <summary>No token lives longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    /// <summary>Of one person.</summary>
    public const int MostOfUser = 16;

    /// <summary>What a secret begins with, so that programs that look for secrets in texts find it.</summary>
    public const string Prefix = "weir_";

    private const int IdLength = 12;

    private readonly Lock _gate = new();
    private readonly string? _file;
    private readonly TimeProvider _time;
    private readonly Func<string, uint?> _numberOf;
    private readonly Dictionary<string, ApiToken> _byDigest = new(StringComparer.Ordinal);

    /// <param name="file">Where they are kept; null for in memory alone.</param>
    /// <param name="time">The clock.</param>
    /// <param name="numberOf">The number that a user of the operating system has now.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public ApiTokens(string? file, TimeProvider time, Func<string, uint?> numberOf)
    {
        (_file, _time, _numberOf) = (file, time, numberOf);
        try
        {
            foreach (var token in file is not null && KeyFile.ReadIfAny(file) is { } kept
                ? JsonSerializer.Deserialize(kept, ApiTokenJson.Default.ListApiToken) ?? [] : [])
            {
                _byDigest[token.Digest] = token;
            }
        }
        catch (JsonException damaged)
        {
            throw new InvalidDataException(
                $"{file}: is no list of tokens ({damaged.Message}); restore the file, or remove it and have them made anew",
                damaged);
        }
    }

    /// <summary>Makes one; durable when it returns.</summary>
    /// <returns>It with its secret, which nobody can be told again; null where this person has as many as may.</returns>
    public (ApiToken Token, string Secret)? Make(Actor who, TokenWish wish)
    {
        var (secret, now) = (Prefix + SecretText.Draw(), _time.GetUtcNow());
        var token = new ApiToken(
            "t-" + SecretText.Digest(SecretText.Draw())[..IdLength], wish.Name, who.Name, _numberOf(who.Name), who.Role,
            [.. wish.From.Select(prefix => prefix.ToString())], wish.IsReadOnly, now, now + wish.Life,
            SecretText.Digest(secret));
        lock (_gate)
        {
            Forget();
            if (_byDigest.Values.Count(one => one.User == who.Name) >= MostOfUser)
            {
                return null;
            }

            Keep(_byDigest.Values.Append(token));
            _byDigest[token.Digest] = token;
        }

        return (token, secret);
    }

    /// <summary>Those that hold, newest first.</summary>
    public IReadOnlyList<ApiToken> All()
    {
        lock (_gate)
        {
            Forget();
            return [.. _byDigest.Values.OrderByDescending(one => one.Made)];
        }
    }

    /// <summary>Ends one; durable when it returns.</summary>
    /// <returns>False where there is none.</returns>
    public bool Revoke(string id)
    {
        lock (_gate)
        {
            if (_byDigest.Values.FirstOrDefault(one => one.Id == id) is not { } token)
            {
                return false;
            }

            Keep(_byDigest.Values.Where(one => one != token));
            return _byDigest.Remove(token.Digest);
        }
    }

    /// <summary>The token of a secret, where it is not over and its user is still who made it.</summary>
    public ApiToken? Find(string secret)
    {
        lock (_gate)
        {
            return _byDigest.GetValueOrDefault(SecretText.Digest(secret)) is { } token
                && _time.GetUtcNow() < token.Expires && _numberOf(token.User) == token.Number ? token : null;
        }
    }

    private void Forget()
    {
        foreach (var token in _byDigest.Values.Where(one => _time.GetUtcNow() >= one.Expires).ToList())
        {
            _ = _byDigest.Remove(token.Digest);
        }
    }

    /// <summary>Writes what shall hold from now on, before it does in memory: where the disk refuses, nothing has
    /// changed.</summary>
    private void Keep(IEnumerable<ApiToken> next)
    {
        if (_file is not null)
        {
            KeyFile.Write(_file, JsonSerializer.SerializeToUtf8Bytes(
                [.. next], ApiTokenJson.Default.ListApiToken));
        }
    }
}
