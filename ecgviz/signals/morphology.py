"""What one heart beat looks like under each conduction and disease: tables of heart-vector knots.

A Morphology is read as a vectorcardiogram: (x, y, z) = (left, foot, back) in mV at ms after the QRS onset.
"""

from dataclasses import dataclass

from ecgviz.signals.vector_model import Loop

__all__ = ["MORPHOLOGIES", "P_ECTOPIC", "P_SINUS", "Morphology"]


@dataclass(frozen=True)
class Morphology:
    """QRS and ST-T of one kind of beat.

    qrs: from the QRS onset; recovery: ST and T on the same clock at 60/min, starting inside the QRS where the ST
    level is not zero; t_on_ms: where the T wave leaves the ST segment; qt_ms: at 60/min.
    """

    qrs: Loop
    recovery: Loop
    t_on_ms: float

    @property
    def j_ms(self) -> float:
        """End of the QRS, ms after its onset."""
        return self.qrs.at_ms[-1]

    @property
    def qt_ms(self) -> float:
        """QT at 60/min."""
        return self.recovery.at_ms[-1]

    @property
    def t_peak_s(self) -> float:
        """Time of the longest vector of ST-T, seconds on the template's clock."""
        return self.recovery.peak_s


# Right atrium first (anterior, down), left atrium after it (left, back): V1 is biphasic, II upright.
P_SINUS = Loop(
    (0, 22, 44, 66, 84, 104),
    ((0.026, 0.048, -0.030), (0.085, 0.100, -0.022), (0.115, 0.084, 0.030), (0.066, 0.035, 0.030)),
)
# From low in the left atrium: flat in I, upright but small in II.
P_ECTOPIC = Loop((0, 22, 44, 66, 92), ((-0.010, 0.030, -0.060), (0.010, 0.060, -0.090), (0.030, 0.055, -0.060)))


def _waves(qrs: str, recovery: str, t_on_ms: float) -> Morphology:
    """A Morphology from two tables: a line per knot, `ms x y z`, its first and last line holding the ms alone."""
    return Morphology(_loop(qrs), _loop(recovery), t_on_ms)


def _loop(table: str) -> Loop:
    rows = [tuple(float(cell) for cell in line.split()) for line in table.strip().splitlines()]
    return Loop(tuple(row[0] for row in rows), tuple((row[1], row[2], row[3]) for row in rows[1:-1]))


_NORMAL_QRS = """
     0
     5  -0.007  -0.002  -0.013
    15  -0.069  -0.022  -0.130
    25   0.138   0.030  -0.310
    33   0.805   0.315  -0.240
    40   1.288   0.630   0.174
    48   1.058   0.600   0.754
    56   0.368   0.285   0.899
    66  -0.092   0.045   0.493
    77  -0.069  -0.022   0.116
    92  -0.008  -0.003   0.014
   101
"""
_NORMAL_ST_T = """
    79
   109   0.011   0.008  -0.021
   149   0.025   0.014  -0.041
   189   0.058   0.029  -0.075
   229   0.151   0.072  -0.132
   264   0.280   0.133  -0.196
   294   0.370   0.175  -0.224
   314   0.364   0.171  -0.207
   339   0.230   0.106  -0.127
   369   0.073   0.034  -0.040
   409
"""

MORPHOLOGIES = {
    "normal": _waves(_NORMAL_QRS, _NORMAL_ST_T, t_on_ms=189),
    # No septal q, slow spread to the left and back with a mid-QRS notch; ST and T point the other way.
    "lbbb": _waves(
        """
     0
     5   0.007   0.003  -0.007
    19   0.074   0.030  -0.071
    34   0.326   0.200   0.170
    50   0.790   0.360   0.880
    65   0.986   0.280   1.590
    82   0.837   0.120   1.931
    99   1.004  -0.020   1.704
   116   0.818  -0.100   1.079
   133   0.279  -0.060   0.312
   150   0.033  -0.007   0.037
   159
    """,
        """
    77
   115  -0.048   0.032  -0.182
   145  -0.112   0.032  -0.312
   197  -0.144   0.032  -0.364
   257  -0.208   0.032  -0.481
   307  -0.296   0.032  -0.624
   342  -0.320   0.032  -0.650
   372  -0.216   0.032  -0.442
   407  -0.064   0.000  -0.130
   452
    """,
        t_on_ms=222,
    ),
    # A normal first half, then the late right ventricle pulls to the right and front.
    "rbbb": _waves(
        """
     0
     5  -0.005  -0.002  -0.014
    16  -0.050  -0.017  -0.137
    25   0.120   0.022  -0.294
    34   0.680   0.220  -0.210
    41   1.020   0.407   0.147
    50   0.660   0.308   0.357
    61   0.060   0.099   0.231
    72  -0.216   0.040  -0.168
    86  -0.374   0.000  -0.462
   101  -0.389  -0.020  -0.546
   116  -0.245  -0.020  -0.357
   130  -0.079   0.000  -0.116
   145  -0.010   0.000  -0.014
   154
    """,
        """
   106
   138   0.011   0.006   0.028
   182   0.032   0.013   0.048
   233   0.105   0.042   0.090
   273   0.231   0.098   0.133
   308   0.315   0.136   0.147
   333   0.299   0.130   0.133
   363   0.158   0.070   0.068
   393   0.047   0.020   0.019
   433
    """,
        t_on_ms=203,
    ),
    # From the right ventricular outflow tract: left bundle branch shape, inferior axis.
    "pvc": _waves(
        """
     0
     5   0.006   0.016  -0.008
    23   0.060   0.160  -0.084
    39   0.240   0.600   0.189
    56   0.460   1.160   0.693
    72   0.620   1.520   1.113
    89   0.600   1.460   1.281
   105   0.420   1.020   1.071
   122   0.200   0.460   0.588
   138   0.050   0.120   0.179
   155   0.006   0.014   0.021
   164
    """,
        """
    81
   120  -0.060  -0.140  -0.120
   161  -0.120  -0.260  -0.220
   216  -0.180  -0.400  -0.340
   267  -0.250  -0.540  -0.480
   302  -0.270  -0.560  -0.510
   332  -0.210  -0.420  -0.400
   367  -0.090  -0.180  -0.170
   397  -0.020  -0.050  -0.050
   432
    """,
        t_on_ms=202,
    ),
    # From an electrode in the right ventricular apex: left bundle branch shape, superior axis.
    "paced": _waves(
        """
     0
     5   0.007  -0.009   0.006
    24   0.072  -0.085   0.060
    44   0.216  -0.357   0.360
    64   0.374  -0.697   0.780
    84   0.446  -0.884   1.100
   104   0.418  -0.833   1.200
   124   0.302  -0.595   0.940
   144   0.130  -0.255   0.440
   160   0.036  -0.068   0.130
   176   0.004  -0.008   0.016
   185
    """,
        """
    97
   139  -0.056   0.090  -0.119
   180  -0.091   0.150  -0.187
   237  -0.126   0.217  -0.272
   295  -0.175   0.307  -0.383
   335  -0.196   0.352  -0.433
   365  -0.161   0.285  -0.357
   400  -0.070   0.128  -0.162
   430  -0.021   0.038  -0.043
   470
    """,
        t_on_ms=225,
    ),
    # Loss of the anterior wall: r waves of V1-V3 shrink, ST-T bulges forward and up, inferior leads mirror it.
    "anterior_stemi": _waves(
        """
     0
     5  -0.006  -0.003  -0.005
    15  -0.065  -0.033  -0.050
    25   0.108   0.033   0.072
    33   0.594   0.328   0.288
    40   1.026   0.656   0.552
    48   0.864   0.607   0.744
    56   0.324   0.295   0.696
    66  -0.022   0.066   0.312
    77  -0.022   0.000   0.048
    93  -0.003   0.000   0.006
   102
    """,
        """
    44
    72   0.050  -0.045  -0.110
    92   0.085  -0.075  -0.195
   134   0.115  -0.090  -0.235
   178   0.165  -0.100  -0.300
   218   0.250  -0.095  -0.400
   258   0.345  -0.080  -0.510
   288   0.375  -0.060  -0.545
   313   0.315  -0.040  -0.460
   343   0.155  -0.015  -0.235
   373   0.045  -0.003  -0.070
   416
    """,
        t_on_ms=158,
    ),
    # The first 35 ms turn away from the inferior wall; T inverted there.
    "inferior_q": _waves(
        """
     0
     5  -0.004  -0.014  -0.012
    16  -0.043  -0.140  -0.120
    25   0.108  -0.320  -0.280
    34   0.562  -0.360  -0.260
    44   1.145  -0.020   0.115
    53   1.037   0.300   0.552
    61   0.410   0.280   0.667
    72  -0.043   0.100   0.345
    83  -0.032   0.020   0.069
    99  -0.004   0.002   0.008
   108
    """,
        """
    84
   114   0.012   0.006  -0.009
   154   0.024  -0.004  -0.027
   194   0.051  -0.025  -0.059
   234   0.115  -0.070  -0.108
   269   0.196  -0.130  -0.158
   299   0.242  -0.168  -0.176
   320   0.225  -0.158  -0.162
   346   0.128  -0.092  -0.095
   376   0.038  -0.028  -0.029
   418
    """,
        t_on_ms=195,
    ),
    # A thick left ventricle: large forces to the left and back, ST-T against them (strain).
    "lvh": _waves(
        """
     0
     5  -0.010  -0.003  -0.018
    17  -0.095  -0.030  -0.180
    28   0.095   0.015  -0.400
    37   0.950   0.270  -0.200
    47   1.947   0.555   0.460
    56   1.805   0.495   1.160
    66   0.855   0.225   1.260
    77   0.114   0.030   0.720
    89  -0.057  -0.015   0.200
   108  -0.007  -0.002   0.024
   117
    """,
        """
    69
   101  -0.064  -0.016  -0.081
   139  -0.076  -0.018  -0.109
   183  -0.111  -0.021  -0.152
   223  -0.166  -0.026  -0.214
   263  -0.234  -0.030  -0.285
   298  -0.272  -0.032  -0.328
   325  -0.238  -0.027  -0.294
   353  -0.119  -0.013  -0.162
   381  -0.030  -0.003  -0.048
   425
    """,
        t_on_ms=178,
    ),
    # A long ST segment and a late, broad, low T wave.
    "long_qt": _waves(
        _NORMAL_QRS,
        """
    79
   119   0.009   0.005  -0.013
   179   0.018   0.009  -0.029
   239   0.040   0.020  -0.055
   299   0.105   0.053  -0.105
   354   0.209   0.105  -0.165
   399   0.292   0.147  -0.198
   429   0.288   0.144  -0.189
   464   0.182   0.090  -0.116
   501   0.057   0.028  -0.036
   549
    """,
        t_on_ms=244,
    ),
}
