// SPDX-License-Identifier: Apache-2.0
//
// An auditor's signature over a head, as OpenSSH makes it (namespace weir-head): somebody who does not run the machine
// saw a record of so many entries hold. Whoever has Weir's own key writes a record anew; he has not got this one.
using System.Globalization;
using System.Text;
using System.Text.Json;
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Contracts.Ssh;

namespace Weir.Hosting.Auditing.Reading;

/// <summary>A head and a signature over its line.</summary>
/// <param name="Head">The line, without line feed.</param>
/// <param name="Signature">Armored, as ssh-keygen writes it.</param>
public sealed record Countersignature(string Head, string Signature)
{
    /// <summary>Whose it is; or why it does not count, as the rest of a sentence.</summary>
    public (Person? Person, string Fault) Verify(People people)
    {
        if (TreeHead.Read(Encoding.UTF8.GetBytes(Head)) is null)
        {
            return (null, "is over no head");
        }

        if (!SshSignature.TryParse(Signature, out var signature))
        {
            return (null, "is no signature of ssh-keygen");
        }

        if (!people.TryFind(signature.Key, out var person) || person.Role != Role.Auditor)
        {
            return (null, $"is by the key {signature.Key.Fingerprint}, which is no auditor's");
        }

        return signature.Verify(Encoding.UTF8.GetBytes(Head), SignatureNamespace.Head) switch
        {
            SshSignatureFault.None => (person, ""),
            SshSignatureFault.OtherNamespace => (null, $"was made for {signature.Namespace}, not for a head"),
            SshSignatureFault.NotPresent => (null, "was made without a touch of the security key"),
            _ => (null, "does not hold"),
        };
    }

    /// <summary>When the last one was put on a record; null for never.</summary>
    /// <param name="directory">The record's folder.</param>
    public static DateTimeOffset? LastAt(string directory)
    {
        try
        {
            var file = LastFile(directory);
            return File.Exists(file) && long.TryParse(
                File.ReadAllText(file), NumberStyles.Integer, CultureInfo.InvariantCulture, out var seconds)
                && seconds is >= 0 and < 253_402_300_800
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null;
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            return null; // as if there were none: health says so
        }
    }

    /// <summary>Notes that one was put on a record.</summary>
    /// <exception cref="IOException">It cannot be noted.</exception>
    public static void NoteAt(string directory, DateTimeOffset at) => Files.AtomicFile.Write(
        LastFile(directory), at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) + "\n");

    private static string LastFile(string directory) => Path.Combine(directory, "countersigned");

    /// <summary>A line of the auditor's own file: the head in it is found as any other.</summary>
    public string ToLine() =>
        $$"""{"countersignature":{{JsonSerializer.Serialize(Signature, CountersignatureJson.Default.String)}},"head":{{Head}}}""";

    /// <summary>Those of a file, each with its line's number; other lines are passed over.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IEnumerable<(long Line, Countersignature Signature)> In(string file) =>
        from line in TextLineFile.Read(file)
        let text = Encoding.UTF8.GetString(line.Octets.Span)
        where text.StartsWith("{\"countersignature\":", StringComparison.Ordinal)
        select (line.Number, Parse(text) ?? new("", ""));

    private static Countersignature? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return new(
                document.RootElement.GetProperty("head").GetRawText(),
                document.RootElement.GetProperty("countersignature").GetString() ?? "");
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class CountersignatureJson : System.Text.Json.Serialization.JsonSerializerContext;
