// SPDX-License-Identifier: Apache-2.0
//
// Challenges for people who show who they are. One carries its time and is signed, so nothing is kept until somebody
// with a governed passkey answers it: whoever asks for a million fills nothing.
using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace Weir.Hosting.Browsers;

/// <summary>Gives challenges and takes each once. Safe for any thread.</summary>
/// <param name="time">Its timestamps do not jump.</param>
public sealed class PasskeyChallenges(TimeProvider time)
{
    /// <summary>How long one holds.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(2);

    private const int Drawn = 16;
    private const int TimeOctets = sizeof(long);

    /// <summary>Octets of a challenge. One that is the digest of a text has other than these.</summary>
    public const int Octets = Drawn + TimeOctets + HMACSHA256.HashSizeInBytes;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _used = new(StringComparer.Ordinal);

    /// <summary>A new one, base64url.</summary>
    public string Create()
    {
        var challenge = new byte[Octets];
        RandomNumberGenerator.Fill(challenge.AsSpan(0, Drawn));
        BinaryPrimitives.WriteInt64BigEndian(challenge.AsSpan(Drawn), time.GetTimestamp());
        HMACSHA256.HashData(_key, challenge.AsSpan(0, Drawn + TimeOctets), challenge.AsSpan(Drawn + TimeOctets));
        return Base64Url.EncodeToString(challenge);
    }

    /// <summary>The challenge that client data answer, where it is one of these and not over. Whether a passkey signed
    /// them is looked at next.</summary>
    public bool TryRead(ReadOnlySpan<byte> clientData, [NotNullWhen(true)] out byte[]? challenge)
    {
        challenge = null;
        var octets = new byte[Octets];
        if (ChallengeOf(clientData) is not { } text
            || Base64Url.DecodeFromChars(text, octets, out _, out var length) != OperationStatus.Done
            || length != Octets)
        {
            return false;
        }

        var tag = HMACSHA256.HashData(_key, octets.AsSpan(0, Drawn + TimeOctets));
        var at = BinaryPrimitives.ReadInt64BigEndian(octets.AsSpan(Drawn));
        if (!CryptographicOperations.FixedTimeEquals(tag, octets.AsSpan(Drawn + TimeOctets))
            || time.GetElapsedTime(at) >= Life)
        {
            return false;
        }

        challenge = octets;
        return true;
    }

    /// <summary>Uses one up.</summary>
    /// <returns>False where it was used before.</returns>
    public bool TryUse(byte[] challenge)
    {
        lock (_gate)
        {
            foreach (var (old, _) in _used.Where(one => time.GetElapsedTime(one.Value) >= Life).ToList())
            {
                _ = _used.Remove(old);
            }

            return _used.TryAdd(Convert.ToHexString(challenge), time.GetTimestamp());
        }
    }

    private static string? ChallengeOf(ReadOnlySpan<byte> clientData)
    {
        try
        {
            var reader = new Utf8JsonReader(clientData);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("challenge", out var value) && value.ValueKind == JsonValueKind.String
                    ? value.GetString()
                    : null;
        }
        catch (Exception bad) when (bad is JsonException or InvalidOperationException) // half a surrogate pair
        {
            return null;
        }
    }
}
