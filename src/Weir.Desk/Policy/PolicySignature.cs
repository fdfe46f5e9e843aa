// SPDX-License-Identifier: Apache-2.0
//
// A detached signature over the octets of a policy file: ECDSA on P-256 with SHA-256 (FIPS 186-5), DER (RFC 3279
// section 2.2.3), base64 on one line in FILE.sig.
using System.Security.Cryptography;
using Weir.Hosting.Files;

namespace Weir.Desk.Policy;

/// <summary>Makes and checks signatures of policy files.</summary>
public static class PolicySignature
{
    private const string Ending = ".sig";
    private const int MostOctets = 64 << 10;

    /// <summary>Signs a file with a private key in PEM and writes the signature beside it.</summary>
    /// <returns>Path of the signature.</returns>
    /// <exception cref="PolicyException">The file or the key cannot be used.</exception>
    public static string Sign(string path, string keyFile)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(keyFile));
            if (key.KeySize != 256)
            {
                throw new PolicyException([$"{keyFile}: a key of {key.KeySize} bits; make one with `openssl ecparam "
                    + "-name prime256v1 -genkey -noout`"]);
            }

            var signature = key.SignData(
                File.ReadAllBytes(path), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
            File.WriteAllText(path + Ending, Convert.ToBase64String(signature) + "\n");
            return path + Ending;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new PolicyException([$"{path} cannot be signed with {keyFile}: {fault.Message}"]);
        }
        catch (Exception fault)
            when (fault is ArgumentException or CryptographicException or PlatformNotSupportedException)
        {
            throw new PolicyException([$"{keyFile}: no private key on P-256 in PEM; make one with `openssl ecparam "
                + "-name prime256v1 -genkey -noout`"]);
        }
    }

    /// <summary>Why the file counts as unsigned, or null where its signature holds.</summary>
    public static string? Fault(string path, byte[] octets, string? signer)
    {
        if (signer is null)
        {
            return $"{path}: loosens rules and the configuration names no policy.signer; keep to the limits, or name "
                + "the public key whose signature counts";
        }

        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(OrdinaryFile.ReadText(signer, MostOctets));
            var signature = Convert.FromBase64String(OrdinaryFile.ReadText(path + Ending, MostOctets).Trim());
            return key.VerifyData(octets, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
                ? null
                : $"{path}{Ending}: is not a signature of {path} by {signer}; sign the file as it stands with `weir "
                    + $"policy sign {path} --key KEY`";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"{path}: loosens rules and its signature cannot be checked: {fault.Message}; make it with `weir "
                + $"policy sign {path} --key KEY`";
        }
        catch (Exception fault) when (fault is ArgumentException
            or CryptographicException or FormatException or PlatformNotSupportedException)
        {
            return $"{path}: loosens rules and its signature cannot be checked: {path}{Ending} must be base64 "
                + $"and {signer} a public key in PEM";
        }
    }
}
