"""The weights are those of LeNet(bn=True), my_lenet() returns the plain one.

loses: q6
hint: train again with this very file
"""

def my_lenet():
    return LeNet()
