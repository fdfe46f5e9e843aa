// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Cli.Analysis;
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Contracts.Ssh;
using Weir.Hosting.Governance;

namespace Weir.Cli.SelfTesting.Attacks;

/// <summary>A governance of three people in force, in a folder that goes with the try.</summary>
internal sealed class GovernedFolders : IDisposable
{
    private readonly WorkingFolder _folder = new();
    private readonly GovernanceOptions _options;

    public GovernedFolders()
    {
        _options = new() { File = _folder.At("governance.yaml"), Anchor = _folder.At("trust-anchor") };
        Write(signers: [Ana, Petra]);
        TrustAnchor.Write(_options.Anchor,
            [(Ana.Key.Public.Fingerprint, Ana.Name), (Petra.Key.Public.Fingerprint, Petra.Name)]);
        if (Load().Waits is { Length: > 0 } waits)
        {
            throw new InvalidOperationException(waits);
        }
    }

    public KeyedPerson Ana { get; } = new("ana", Role.Analyst);

    public KeyedPerson Olaf { get; } = new("olaf", Role.Operator);

    public KeyedPerson Petra { get; } = new("petra", Role.PrivacyOfficer);

    /// <summary>Somebody whom the governance in force does not name.</summary>
    public KeyedPerson Eve { get; } = new("eve", Role.PrivacyOfficer);

    public string File => _options.File;

    public GovernanceInForce Load() =>
        new GovernanceKeeper(_options, _folder.At("process"), TimeProvider.System).Load();

    /// <summary>Whether a key of theirs counts.</summary>
    public static bool Knows(GovernanceInForce inForce, KeyedPerson person) =>
        inForce.People.TryFind(person.Key.Public, out _);

    /// <summary>Writes another file, and lays signatures beside it.</summary>
    public void Write(
        IReadOnlyList<KeyedPerson> signers, string more = "", KeyedPerson? add = null, bool forGovernance = true)
    {
        var replaces = SignedGovernance.Read(GovernanceKeeper.KeptIn(_folder.At("process"))) is { } kept
            ? $"replaces: [\"{kept.Digest}\"]\n" : "";
        var text = new StringBuilder("instance: selftest\nprofile: us-provider\n").Append(replaces).Append(more)
            .Append("people:\n");
        foreach (var person in add is null ? (KeyedPerson[])[Ana, Olaf, Petra] : [Ana, Olaf, Petra, add])
        {
            text.Append("  - name: ").Append(person.Name).Append("\n    role: ").Append(Actor.ToName(person.Role))
                .Append("\n    keys: [\"").Append(person.Key.Public).Append("\"]\n");
        }

        var octets = text.ToString();
        Put(octets, signers.Select(person => (person.Name, person.Key.Sign(
            octets, forGovernance ? SignatureNamespace.Governance : SignatureNamespace.Approval).ToString())));
    }

    /// <summary>File and signatures as they lie.</summary>
    public (string Text, IReadOnlyList<(string Name, string Signature)> Signatures) Copy() => (
        System.IO.File.ReadAllText(File),
        [.. Directory.GetFiles(SignedGovernance.SignaturesOf(File))
            .Select(path => (Path.GetFileNameWithoutExtension(path), System.IO.File.ReadAllText(path)))]);

    public void Restore((string Text, IReadOnlyList<(string Name, string Signature)> Signatures) copy) =>
        Put(copy.Text, copy.Signatures);

    public void Dispose()
    {
        foreach (var person in (KeyedPerson[])[Ana, Olaf, Petra, Eve])
        {
            person.Dispose();
        }

        _folder.Dispose();
    }

    private void Put(string text, IEnumerable<(string Name, string Signature)> signatures)
    {
        System.IO.File.WriteAllText(File, text);
        var folder = Directory.CreateDirectory(SignedGovernance.SignaturesOf(File));
        foreach (var old in folder.GetFiles())
        {
            old.Delete();
        }

        foreach (var (name, signature) in signatures)
        {
            System.IO.File.WriteAllText(Path.Combine(folder.FullName, name + ".sig"), signature);
        }
    }
}

/// <summary>Somebody with a key.</summary>
internal sealed record KeyedPerson(string Name, Role Role) : IDisposable
{
    public SshSigningKey Key { get; } = new();

    public void Dispose() => Key.Dispose();
}
